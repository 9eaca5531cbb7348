//! The crate in somebody else's program: the example is compiled and run.

use std::path::Path;

use pretty_assertions::assert_eq;

#[path = "../../examples/embed.rs"]
#[expect(dead_code, reason = "an example has a main function of its own")]
mod example;

#[tokio::test]
async fn the_example_applies_the_quickstart() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart");
    let lines = example::apply(&folder).await.expect("it runs");
    assert_eq!(
        lines,
        [
            "create opportunity 19UYA31581L000000: applied",
            "create role 19UYA31581L000000 / 456783 / Technical Buyer: applied",
            "create role 19UYA31581L000000 / 456784 / Technical Buyer: applied",
            "create role 19UYA31581L000000 / joan@example.com / Champion: applied",
            "create opportunity 29UYA31581L000000: applied",
            "create role 29UYA31581L000000 / ada@example.com / Decision Maker: applied",
        ]
    );
}

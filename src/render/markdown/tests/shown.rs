//! What pages look like.

use snapbox::{IntoData as _, str};

use super::markdown;
use super::sample::{Sample, created, deleted, field, updated};
use crate::api::Reason;
use crate::apply::{Outcome, WhyNot};
use crate::render::account::Account;

fn shows(account: &Account<'_>, expected: snapbox::data::Inline) {
    let assert = snapbox::Assert::new().action_env("SNAPSHOTS");
    assert.eq(markdown(account), expected.raw());
}

fn sample() -> Sample {
    let fields = vec![
        field("stage", "Won", "Lost"),
        field("description", "", "one `tick`"),
        field("story", "first\nsecond\nthird\n", "first\n2nd\nthird\n"),
    ];
    Sample::of(vec![
        updated("A-1", "pipeline/a.yaml", fields),
        created("A-2", "pipeline/a.yaml"),
        deleted("OLD-1", "pipeline/old.yaml"),
    ])
}

#[test]
fn a_plan() {
    shows(
        &sample().planned(),
        str![[r#"
<!-- oppctl:v1 instance=123-abc-456-6109becf digest=0123456789abcdef0123456789abcdef command=plan -->
### oppctl plan for `production`: merging creates 1 opportunity, updates 1 opportunity and **deletes** 1 opportunity

5 records stay as declared.

> [!WARNING]
> **Deleted: 1 opportunity.** Why: not declared any more, last applied at OLD-1 (2026-03-01). Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
>
> | record |
> |:--|
> | `OLD-1` |

**This plan updates 1 opportunity**

| field | change | records |
|:--|:--|--:|
| `description` | (none) → one \`tick\` | 1 |
| `stage` | Won → Lost | 1 |
| `story` | text edited | 1 |

**New: 1 opportunity**

<details>
<summary>1 update</summary>

| record | change |
|:--|:--|
| Chairs `A-1` | `stage` Won → Lost · `description` (none) → one \`tick\` · `story` edited |

</details>

<details>
<summary>1 new record</summary>

| record |
|:--|
| Tables `A-2` |

</details>

<details>
<summary>Edited texts, 1 record</summary>

```diff
! opportunity A-1  "Chairs"  :3
!     story:
        first
-       second
+       2nd
        third
```

</details>

<details>
<summary>Values of what is deleted, 1 record</summary>

```diff
- opportunity OLD-1  :7
-     stage: Won
```

</details>

On merge, CI applies exactly this plan (`01234567`). If the manifests or these records in Marketo change before that, nothing is sent.

<details>
<summary>Apply by hand</summary>

To apply exactly this plan: `oppctl apply --instance production --expect 0123456789abcdef0123456789abcdef`

</details>

Instance `production` (`https://123-abc-456.mktorest.com`), commit `c0ffee0123`. An apply takes 3 API calls, 0.006 % of the daily quota.

"#]],
    );
}

#[test]
fn a_refused_plan() {
    let mut sample = sample();
    sample.head.refusals = vec!["the plan deletes 1 record: guards.maxDeletes is 0".to_owned()];
    sample.head.notes = vec!["A-9 bears the marker of ada@example.com.".to_owned()];
    sample.changes.truncate(1);
    shows(
        &sample.planned(),
        str![[r#"
<!-- oppctl:v1 instance=123-abc-456-6109becf digest=0123456789abcdef0123456789abcdef command=plan -->
### oppctl plan for `production`: 🛑 **refused** — merging changes nothing

This change updates 1 opportunity. 5 records stay as declared.

> [!CAUTION]
> **Refused.** Nothing is sent until these are resolved:
>
> - the plan deletes 1 record: guards.maxDeletes is 0

The checks found nothing to look at first.

**This plan updates 1 opportunity**

| field | change | records |
|:--|:--|--:|
| `description` | (none) → one \`tick\` | 1 |
| `stage` | Won → Lost | 1 |
| `story` | text edited | 1 |

**Notes**

- A-9 bears the marker of ada@&#8203;example.com.

<details>
<summary>1 update</summary>

| record | change |
|:--|:--|
| Chairs `A-1` | `stage` Won → Lost · `description` (none) → one \`tick\` · `story` edited |

</details>

<details>
<summary>Edited texts, 1 record</summary>

```diff
! opportunity A-1  "Chairs"  :3
!     story:
        first
-       second
+       2nd
        third
```

</details>

Instance `production` (`https://123-abc-456.mktorest.com`), commit `c0ffee0123`. An apply takes 3 API calls, 0.006 % of the daily quota.

"#]],
    );
}

#[test]
fn nothing_to_do() {
    shows(
        &Sample::of(Vec::new()).planned(),
        str![[r#"
<!-- oppctl:v1 instance=123-abc-456-6109becf digest=0123456789abcdef0123456789abcdef command=plan -->
### oppctl plan for `production`: no changes

5 records stay as declared.

Instance `production` (`https://123-abc-456.mktorest.com`), commit `c0ffee0123`.

"#]],
    );
}

#[test]
fn a_run_in_part() {
    let mut sample = sample();
    sample.outcomes[0] = Outcome::Rejected {
        reasons: vec![Reason {
            code: "1003".into(),
            message: "Invalid value for field 'stage'".into(),
        }],
        request_id: Some("e42b#14272d07d78".into()),
    };
    sample.outcomes[2] = Outcome::NotAttempted(WhyNot::Referring(1));
    shows(
        &sample.applied(),
        str![[r#"
<!-- oppctl:v1 instance=123-abc-456-6109becf digest=0123456789abcdef0123456789abcdef command=apply -->
### oppctl apply: **Partly applied**: 1 of 3 changes is in Marketo, 1 was rejected, 1 was not attempted

Instance `production` (`https://123-abc-456.mktorest.com`), commit `c0ffee0123`, run `20261122T083000000Z-5f0e77aa`. 3 calls in 2.5 s.

> [!CAUTION]
> **1 rejected:**
>
> - `1003` Invalid value for field 'stage': a value or a parameter of the call is invalid; correct the field that the message names — opportunity `A-1` `Chairs` (`pipeline/a.yaml:3:5`) (request `e42b#14272d07d78`)

**Not attempted** (1)

- 1 opportunity, because its opportunity A-2 was not sent — opportunity `OLD-1` (`pipeline/old.yaml:7`)

**Done** (1)

- created opportunity `A-2` `Tables`

<details>
<summary><code>pipeline/a.yaml</code>: 2 changes</summary>

```diff
! opportunity A-1  "Chairs"  :3
-     stage: Won
+     stage: Lost
+     description: one `tick`
!     story:
        first
-       second
+       2nd
        third
+ opportunity A-2  "Tables"  :3
+     name: Tables
```

</details>

<details>
<summary><code>pipeline/old.yaml</code>: 1 change</summary>

```diff
- opportunity OLD-1  :7
-     stage: Won
```

</details>

**Next:** correct what was rejected, then run the same command again: only what is left is sent

Details: `oppctl history 20261122T083000000Z-5f0e77aa --instance production`. To undo this run: `oppctl undo 20261122T083000000Z-5f0e77aa --instance production --confirm production`

"#]],
    );
}

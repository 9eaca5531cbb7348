//! `oppctl convert`: keys that are not what they look like, columns that contradict themselves, and what else a person has to see.

use snapbox::str;

use crate::harness::Project;

#[test]
fn a_key_that_is_not_what_it_looks_like_is_refused() {
    let project = Project::empty();
    project.write(
        "roles.csv",
        "Opportunity ID,Opportunity Name,Contact: Email,Role,Primary\n\
         =\"006Qz00000StZsx\",Chairs,,,\n\
         \"=\"\"006Qz00000StZsy\"\"\",Tables,,,\n\
         006Qz\u{a0}00000StZsz,Lamps,,,\n\
         006Qz\u{200b}00000StZsz,Lamps,,,\n\
         \u{2060}D-4,Rugs,,,\n\
         D-\u{fffd},Sofas,,,\n\
         D-6,Beds,ada@ex\u{ad}ample.com,Key\u{202f}Buyer,1\n\
         \u{a0}D-7 ,Desks,ada@example.com,Key Buyer,1\n",
    );
    project.run("convert roles.csv --quiet").shows(str![[r#"
exit: 3
---- stderr
roles.csv: 8 rows below the headers in row 1; UTF-8, "," between the columns
Problems:
  2 × externalOpportunityId: has a formula, and not its value, first at row 2, column Opportunity ID: "="006Qz00000StZsx""
      rows 2, 3
  3 × externalOpportunityId: has a hidden blank or another character that nobody sees, first at row 4, column Opportunity ID: "006Qz\u{a0}00000StZsz"
      rows 4, 5, 6
  externalOpportunityId: has a letter that is lost, at row 7, column Opportunity ID: "D-�"
  lead.email: has a hidden blank or another character that nobody sees, at row 8, column Contact: Email: "ada@ex\u{ad}ample.com"
  role: has a hidden blank or another character that nobody sees, at row 8, column Role: "Key\u{202f}Buyer"
error: 8 problems in 7 of 8 rows; no manifest was written
  hint: write the keys without formulas: 006Qz00000StZsx for ="006Qz00000StZsx"
  hint: remove the hidden characters from the keys, or export the file again
  hint: export the file again: the program that wrote it could not write these letters

"#]]);
    assert!(!project.root().join("roles.yaml").exists());
}

//! Defaults for empty cells, from flags and the environment.

use super::{GUIDE_INPUT, OTHER_APP_ID, batch, batch_in_realm, rows};
use crate::support::{APP_ID, GUIDE, REALM};

#[test]
fn a_realm_from_the_flag_or_the_environment_fills_empty_cells() {
    let without = "username,password\nsipauthtest,password\n";
    let empty = "username,realm,password\nsipauthtest,,password\n";
    for csv in [without, empty] {
        for run in [
            batch(csv).args(["-r", REALM]),
            batch(csv).env("BWSIP_REALM", REALM),
            batch(csv).env("BWSIP_REALM", "other.example.com").args(["-r", REALM]),
        ] {
            assert_eq!(
                rows(&run.clean()),
                [["sipauthtest", "", REALM, "", GUIDE[0].2, GUIDE[0].3]]
            );
        }
    }
    let filled = format!("username,realm,password\nsipauthtest,{REALM},password\nal,,x\n");
    for run in [
        batch(filled.clone()).args(["-r", "other.example.com"]),
        batch(filled).env("BWSIP_REALM", "other.example.com"),
    ] {
        let printed = run.clean();
        assert_eq!(rows(&printed)[0], ["sipauthtest", "", REALM, "", GUIDE[0].2, GUIDE[0].3]);
        assert_eq!(rows(&printed)[1][..4], ["al", "", "other.example.com", ""]);
    }
}

#[test]
fn domain_and_app_id_fill_only_empty_cells() {
    let flags = ["--domain", "somewhere.com", "--app-id", APP_ID];
    let bob = ["bob", "somewhere.com", REALM, APP_ID, GUIDE[1].2, GUIDE[1].3];
    let without = batch_in_realm("username,password\nbob,password\n").args(flags);
    assert_eq!(rows(&without.clean()), [bob]);
    let csv = format!(
        "username,domain,app_id,password\nbob,,,password\nal,elsewhere.com,{OTHER_APP_ID},x\n\
         eve,,{OTHER_APP_ID},x\nsue,elsewhere.com,,x\n"
    );
    let printed = batch_in_realm(csv).args(flags).clean();
    assert_eq!(rows(&printed)[0], bob);
    let cells: Vec<_> = rows(&printed).iter().map(|row| [row[1], row[3]]).collect();
    assert_eq!(
        cells,
        [
            ["somewhere.com", APP_ID],
            ["elsewhere.com", OTHER_APP_ID],
            ["somewhere.com", OTHER_APP_ID],
            ["elsewhere.com", APP_ID]
        ]
    );
}

#[test]
fn an_invalid_default_is_an_error_of_its_flag() {
    for (flag, value, expected) in [
        ("--domain", "x y", "error: --domain: a space (character 2)"),
        ("--realm", "", "error: --realm: empty"),
        ("--realm", "sip:x.y", "error: --realm: ':'"),
        ("--app-id", "1", "error: --app-id: not a UUID (Bandwidth error 23020)"),
    ] {
        let message = batch(GUIDE_INPUT).args([flag, value]).refused();
        assert!(message.starts_with(expected), "{message}");
    }
    let message = batch(GUIDE_INPUT).env("BWSIP_REALM", "x y").refused();
    assert!(message.starts_with("error: BWSIP_REALM: a space (character 2)"), "{message}");
}

/// BWSIP_PASSWORD is the password of one credential, not of every row.
#[test]
fn the_password_variable_is_not_a_default() {
    let message = batch_in_realm("username,password\nbob,\n").with_password().refused();
    assert!(message.contains("line 2: password: empty"), "{message}");
    let message = batch_in_realm("username\nbob\n").with_password().refused();
    assert!(message.contains("line 1: password: no such column"), "{message}");
}

//! The digests on a real SIP registrar, Kamailio, with a real client, sipsak.

use crate::support::registrar::Registrar;
use crate::support::{GUIDE, REALM, bwsip};

/// Returns Hash1 and Hash1b as `bwsip hash` prints them.
fn digests(username: &str, domain: Option<&str>) -> (String, String) {
    let domain = domain.map_or(vec![], |domain| vec!["-d", domain]);
    let run = bwsip(["hash", "-u", username, "-r", REALM, "-f", "env"]).args(domain);
    let printed = run.with_password().clean();
    let mut values = printed.lines().filter_map(|line| line.split_once('=')).map(|(_, hex)| hex);
    let mut next = || values.next().expect("two digests").to_owned();
    (next(), next())
}

#[test]
#[ignore = "needs kamailio and sipsak: apt-get install kamailio sipsak"]
fn clients_log_in_with_either_digest() {
    let (hash1, hash1b) = digests("sipauthtest", None);
    let (bob1, bob1b) = digests("bob", Some("somewhere.com"));
    // Kamailio looks up every username with an @ in the second column, bob@somewhere.com too.
    let bob_by_hash1 = [("bob", bob1b.as_str(), bob1.as_str())];
    let both = [("sipauthtest", hash1.as_str(), hash1b.as_str()), ("bob", &bob1, &bob1b)];

    let registrar = Registrar::start(&both);
    let at_realm = format!("sipauthtest@{REALM}");
    let bob_at_realm = format!("bob@somewhere.com@{REALM}");
    for (user, login) in
        [("sipauthtest", "sipauthtest"), ("sipauthtest", &at_realm), ("bob", &bob_at_realm)]
    {
        let (accepted, sip) = registrar.register(user, login, "password");
        assert!(accepted, "{login}: {sip}");
        let (accepted, sip) = registrar.register(user, login, "Password");
        assert!(!accepted && sip.contains("401"), "{login}: {sip}");
    }
    drop(registrar);

    let registrar = Registrar::start(&bob_by_hash1);
    let (accepted, sip) = registrar.register("bob", "bob@somewhere.com", "password");
    assert!(accepted, "{sip}");
    assert!(!registrar.register("bob", "bob@somewhere.com", "Password").0);
}

/// With the digest that the guide's table describes as Hash1b, a client that needs Hash1b is refused.
#[test]
#[ignore = "needs kamailio and sipsak: apt-get install kamailio sipsak"]
fn the_guides_description_of_hash1b_is_wrong() {
    let (_, _, hash1, hash1b) = GUIDE[0];
    let at_realm = format!("sipauthtest@{REALM}");
    // MD5 of sipauthtest:custxx.auth.bandwidth.com:custxx.auth.bandwidth.com:password, computed by
    // md5sum.
    for (column, accepted) in [(hash1b, true), ("c113e9f640626bc2df49645f051fe745", false)] {
        let registrar = Registrar::start(&[("sipauthtest", hash1, column)]);
        assert!(registrar.register("sipauthtest", "sipauthtest", "password").0);
        let (is_accepted, sip) = registrar.register("sipauthtest", &at_realm, "password");
        assert_eq!(is_accepted, accepted, "{sip}");
    }
}

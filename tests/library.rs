//! Misuse that the library prevents.

use bwsip::batch::{Batch, BatchError, Options};
use bwsip::{Credential, Domain, Field, Realm, Strictness};

const INVALID_REALM: &str = "bad realm:with colon";

/// A default of [`Options`] is a [`Realm`], and an invalid one cannot be constructed.
#[test]
fn an_invalid_realm_cannot_be_the_default_of_a_batch() {
    for strictness in [Strictness::Strict, Strictness::Lenient] {
        let invalid =
            Realm::new(INVALID_REALM, strictness).expect_err("it has a space and a colon");
        assert_eq!(invalid.issues()[0].field, Field::Realm);
        Credential::new("bob", None, INVALID_REALM, strictness)
            .expect_err("its realm has a space and a colon");
        Domain::new("a:b", strictness).expect_err("it has a colon");
    }
}

#[test]
fn an_invalid_realm_is_an_error_of_its_row() {
    for strictness in [Strictness::Strict, Strictness::Lenient] {
        let mut file = format!("username,realm,password\nbob,{INVALID_REALM},x\n").into_bytes();
        let options = Options { strictness, ..Options::default() };
        let Err(BatchError::Rows { errors, .. }) = Batch::parse(&mut file, &options) else {
            panic!("the batch is accepted");
        };
        assert_eq!(errors.total, 1);
        assert_eq!(errors.rows[&2][0].field, Field::Realm);
    }
}

#[test]
fn a_lenient_default_does_not_make_rows_lenient() {
    let realm = Realm::new("under_score.example.com", Strictness::Lenient)
        .expect("an underscore is accepted leniently");
    let options = Options { realm: Some(realm), ..Options::default() };
    let mut file = b"username,realm,password\nal,,x\nbob,under_score.example.com,x\n".to_vec();
    let Err(BatchError::Rows { errors, .. }) = Batch::parse(&mut file, &options) else {
        panic!("the batch is accepted");
    };
    assert_eq!(errors.rows.keys().collect::<Vec<_>>(), [&3]);
}

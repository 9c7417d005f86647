//! What a caller of the library cannot do.

use bwsip::batch::{Batch, BatchError, Options};
use bwsip::{Credential, Domain, Field, Realm, Strictness};

const BAD_REALM: &str = "bad realm:with colon";

/// A default of [`Options`] is a [`Realm`], which does not exist unless it is valid.
#[test]
fn a_realm_that_is_not_valid_is_no_default_of_a_batch() {
    for strictness in [Strictness::Strict, Strictness::Lenient] {
        let invalid = Realm::new(BAD_REALM, strictness).expect_err("it has a space and a colon");
        assert_eq!(invalid.issues()[0].field, Field::Realm);
        Credential::parse("bob", None, BAD_REALM, strictness).expect_err("nor does a credential");
        Domain::new("a:b", strictness).expect_err("nor does a domain");
    }
}

#[test]
fn a_realm_that_is_not_valid_is_an_error_of_its_row() {
    for strictness in [Strictness::Strict, Strictness::Lenient] {
        let mut file = format!("username,realm,password\nbob,{BAD_REALM},x\n").into_bytes();
        let options = Options { strictness, ..Options::default() };
        let Err(BatchError::Rows { errors, .. }) = Batch::parse(&mut file, &options) else {
            panic!("it is accepted");
        };
        assert_eq!(errors.total, 1);
        assert_eq!(errors.rows[&2][0].field, Field::Realm);
    }
}

/// Whoever accepts what Bandwidth may have relaxed does not make others accept it.
#[test]
fn a_lenient_default_does_not_make_rows_lenient() {
    let realm = Realm::new("under_score.example.com", Strictness::Lenient).expect("it is lenient");
    let options = Options { realm: Some(realm), ..Options::default() };
    let mut file = b"username,realm,password\nal,,x\nbob,under_score.example.com,x\n".to_vec();
    let Err(BatchError::Rows { errors, .. }) = Batch::parse(&mut file, &options) else {
        panic!("it is accepted");
    };
    assert_eq!(errors.rows.keys().collect::<Vec<_>>(), [&3]);
}

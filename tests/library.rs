//! The library as another program uses it, and misuse that it prevents.

use bwsip::batch::{Batch, BatchError, Options, User};
use bwsip::document::{Entry, Format};
use bwsip::sip::Authorization;
use bwsip::{Credential, Domain, Field, Invalid, Password, Realm, Strictness};

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
        let Err(BatchError { errors, .. }) = Batch::parse(&mut file, &options) else {
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
    let Err(BatchError { errors, .. }) = Batch::parse(&mut file, &options) else {
        panic!("the batch is accepted");
    };
    assert_eq!(errors.rows.keys().collect::<Vec<_>>(), [&3]);
}

/// An entry owns its digests, and the errors of names and of the password are of one type.
fn entry<'a>(username: &'a str, realm: &'a str, password: &str) -> Result<Entry<'a>, Invalid> {
    let credential = Credential::new(username, None, realm, Strictness::Strict)?;
    Ok(Entry::new(credential, &Password::new(password)?))
}

#[test]
fn a_function_makes_entries_from_texts() {
    let entry = |username, password| entry(username, "custxx.auth.bandwidth.com", password);
    let mut document = Vec::new();
    let sipauthtest = entry("sipauthtest", "password").expect("it is valid");
    Format::Env.write([sipauthtest], &mut document).expect("a Vec takes every write");
    // The digests that Bandwidth's guide prints.
    let expected = "HASH1=fe438bddfc087dda89d29e637f5684ab\n\
                    HASH1B=79bb0e55551e14a2f329a282c7cf1456\n";
    assert_eq!(String::from_utf8(document).as_deref(), Ok(expected));
    let error = |username, password| entry(username, password).expect_err("wrong").to_string();
    assert_eq!(error("sipauthtest", ""), "password: the password is empty: provide one");
    assert_eq!(
        error("sip:bob", "x"),
        "username: ':' (character 4) is never valid here: use the name alone, without sip: before it"
    );
    assert!(error("sipauthtest", &"x".repeat(1025)).contains("more than 1024 bytes"));
}

/// One key decides what is the same name, in a file and in memory.
#[test]
fn users_from_memory_are_checked_for_duplicates() {
    let realm = Realm::new("custxx.auth.bandwidth.com", Strictness::Strict).expect("valid");
    let options = Options { realm: Some(realm), ..Options::default() };
    let user = |username| User { username, password: b"x", ..User::default() };
    let error = Batch::from_users([user("al"), user("AL")], &options).err().expect("a duplicate");
    assert!(error.to_string().starts_with("line 2: username: repeats line 1"), "{error}");
}

/// The example of RFC 2617 section 3.5, and its password.
#[test]
fn one_call_tells_whether_a_header_is_by_a_password() {
    let header = "Authorization: Digest username=\"Mufasa\", realm=\"testrealm@host.com\", \
        nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", qop=auth, \
        nc=00000001, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\"";
    let authorization: Authorization = header.parse().expect("it is a header");
    let is_by = |password| authorization.is_by(&Password::new(password).expect("valid"), "GET");
    assert!(is_by("Circle Of Life"));
    assert!(!is_by("Circle of Life"));
}

/// An error that another program prints says where and what is wrong, and what to do.
#[test]
fn errors_say_it_all() {
    let mut file = b"username,realm,password\nb b,a.b,x\nal,a.b,\n".to_vec();
    let error = Batch::parse(&mut file, &Options::default()).err().expect("two rows are wrong");
    let error: Box<dyn std::error::Error> = error.into();
    assert_eq!(
        error.to_string(),
        "line 2: username: a space (character 2) is never valid here: use letters, digits and \
         . _ - ! $ & * + = ~ @; line 3: password: empty: fill the cell"
    );
}

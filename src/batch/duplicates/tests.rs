use super::*;
use crate::credential::Realm;

type Parts<'a> = (&'a str, Option<&'a str>, &'a str);

fn find_in(names: &[Parts<'_>]) -> Vec<(u64, u64)> {
    let keys = names.iter().enumerate().map(|(index, &(username, domain, realm))| {
        let mut key = String::new();
        let (domain, realm) = (domain.map(Domain), Realm(realm));
        write_key(&mut key, &Credential { username, domain, realm });
        (10 * index as u64, key)
    });
    let found = find(keys.clone().rev().collect());
    assert_eq!(found, find(keys.collect()), "the order makes a difference");
    found
}

#[test]
fn hashes_that_occur_more_than_once() {
    assert_eq!(repeated(vec![3, 1, 2]), [0; 0]);
    assert_eq!(repeated(vec![3, 1, 3, 2, 1, 3]), [1, 3]);
}

#[test]
fn the_parts_of_a_key_are_separate() {
    let different: &[(Parts<'_>, Parts<'_>)] = &[
        (("bob", None, "x.y"), ("bob", None, "x.z")),
        (("bob", None, "x.y"), ("bobx.y", None, "x.y")),
        (("bob", Some("a"), "b"), ("bob", None, "a b")),
    ];
    for (first, second) in different {
        assert_eq!(find_in(&[*first, *second]), [], "{first:?} {second:?}");
    }
}

#[test]
fn every_repetition_names_the_first() {
    let (a, b, c) = (("a", None, "x"), ("b", None, "x"), ("c", None, "x"));
    assert_eq!(find_in(&[]), []);
    assert_eq!(find_in(&[a, b, c]), []);
    assert_eq!(find_in(&[a, b, a, c, b, a]), [(20, 0), (40, 10), (50, 0)]);
}

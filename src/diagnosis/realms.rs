//! The names of realms, and how people write them.

use super::digits::is_hexadecimal;
use super::transforms::in_other_case;

/// The domain of all realms.
pub const PARENT: &str = "auth.bandwidth.com";

/// The parts of a realm's host name in the forms that Bandwidth uses: `vapi-3efeaa.auth.bandwidth.com`,
/// `vapi.3efeaa.auth.bandwidth.com`, or the older `custxx.auth.bandwidth.com`.
pub struct RealmName<'a> {
    realm: &'a str,
    /// The name that was chosen.
    name: &'a str,
    /// The hexadecimal suffix of the account.
    suffix: Option<&'a str>,
    /// The rest: `auth.bandwidth.com`, if it is one of Bandwidth's.
    parent: &'a str,
}

impl RealmName<'_> {
    pub fn parse(realm: &str) -> RealmName<'_> {
        let is_suffix = |text: &str| text.len() >= 4 && is_hexadecimal(text.as_bytes());
        let (label, parent) = realm.split_once('.').unwrap_or((realm, ""));
        let with_hyphen = label.rsplit_once('-').map(|(name, suffix)| (name, suffix, parent));
        let with_dot = parent.split_once('.').map(|(suffix, parent)| (label, suffix, parent));
        let split = [with_hyphen, with_dot].into_iter().flatten().find(|(_, it, _)| is_suffix(it));
        match split {
            Some((name, suffix, parent)) => RealmName { realm, name, suffix: Some(suffix), parent },
            None => RealmName { realm, name: label, suffix: None, parent },
        }
    }

    /// Returns the realm without some of its parts.
    pub fn short(&self) -> Vec<String> {
        let RealmName { name, suffix, parent, .. } = self;
        let first = (!parent.is_empty()).then(|| (*name).to_owned());
        let others = suffix.iter().flat_map(|suffix| {
            let joined = ["-", "."].map(|joint| format!("{name}{joint}{suffix}"));
            joined.into_iter().chain([format!("{name}.{parent}")])
        });
        first.into_iter().chain(others).collect()
    }

    /// Returns the realm with a hyphen and with a dot before the suffix.
    pub fn in_both_shapes(&self) -> Vec<String> {
        let RealmName { name, suffix, parent, .. } = self;
        let shapes =
            suffix.map(|suffix| ["-", "."].map(|joint| format!("{name}{joint}{suffix}.{parent}")));
        shapes.into_iter().flatten().collect()
    }

    /// Returns the examples and placeholders of Bandwidth's guides, alone and with parts of the realm.
    pub fn as_in_guides(&self) -> Vec<String> {
        const GUIDES: &str = "custxx.%p %r.%p %r.%s.%p %r-%s.%p %n.<%h>.%p %n-<%h>.%p %r.<%h>.%p \
            <%r>.<%h>.%p %n.%h.%p %n-%h.%p %r.%h.%p <%h>.%p <%h> custxx %r";
        let RealmName { name, suffix, parent, .. } = *self;
        let parts = [
            ("%s", suffix.unwrap_or("<%h>")),
            ("%h", "randomAccountHex"),
            ("%r", "realmname"),
            ("%n", name),
            ("%p", parent),
        ];
        let filled = GUIDES.split(' ').map(|pattern| {
            parts.iter().fold(pattern.to_owned(), |text, (part, value)| text.replace(part, value))
        });
        // A realm can have such a name, which is then its own short name.
        filled.filter(|realm| realm != name).collect()
    }

    /// Returns the realm in the letter cases that people type, and with some of its parts in uppercase.
    pub fn in_other_cases(&self) -> Vec<String> {
        let (name, rest) = self.realm.split_at(self.name.len());
        let (suffix, parent) = rest.split_at(self.suffix.map_or(0, |suffix| suffix.len() + 1));
        let in_uppercase = (1..8).map(|parts| {
            let part = |at: u8, text: &str| match parts >> at & 1 {
                0 => text.to_owned(),
                _ => text.to_uppercase(),
            };
            part(0, name) + &part(1, suffix) + &part(2, parent)
        });
        in_other_case(self.realm).into_iter().chain(in_uppercase).collect()
    }
}

//! The guide to the program.
//!
//! | page | subject |
//! |---|---|
//! | [`install`] | archives and packages, from source, man pages and completions |
//! | [`posting`] | creating, changing, listing and deleting credentials with `curl`; CI jobs |
//! | [`batch`] | many users: CSV files, plans, spreadsheets |
//! | [`verify`] | why a credential does not authenticate, and the mistakes that are known |
//! | [`providers`] | the call through the bridge, from each provider |
//! | [`digests`] | the formulas, the `@`, realms, and what Bandwidth accepts |
//! | [`formats`] | XML, variables, and the keys of the JSON objects |
//! | [`environment`] | passwords, environment variables and files |
//! | [`windows`] | Windows and PowerShell |
//! | [`cost`] | time and memory |

/// Defines a page. On GitHub, its links lead to the files of other pages. In the library's documentation,
/// the definitions before the text, which take precedence over those at its end, lead to the modules.
macro_rules! page {
    ($name:ident, $file:literal) => {
        /// [batch]: crate::guide::batch
        /// [digests]: crate::guide::digests
        /// [environment]: crate::guide::environment
        /// [formats]: crate::guide::formats
        /// [install]: crate::guide::install
        /// [posting]: crate::guide::posting
        /// [providers]: crate::guide::providers
        /// [verify]: crate::guide::verify
        /// [windows]: crate::guide::windows
        ///
        #[doc = include_str!($file)]
        pub mod $name {}
    };
}

page!(batch, "guide/batch.md");
page!(cost, "guide/cost.md");
page!(digests, "guide/digests.md");
page!(environment, "guide/environment.md");
page!(formats, "guide/formats.md");
page!(install, "guide/install.md");
page!(posting, "guide/posting.md");
page!(providers, "guide/providers.md");
page!(verify, "guide/verify.md");
page!(windows, "guide/windows.md");

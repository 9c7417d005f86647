//! The guide to the program.
//!
//! | page | subject |
//! |---|---|
//! | [`posting`] | creating, changing, listing and deleting credentials with `curl`; CI jobs |
//! | [`batch`] | many users: CSV files, plans, spreadsheets |
//! | [`verify`] | why a credential does not authenticate, and the mistakes that are known |
//! | [`providers`] | the call through the bridge, from each provider |
//! | [`digests`] | the formulas, the `@`, realms, and what Bandwidth accepts |
//! | [`json`] | the keys of the JSON objects |
//! | [`environment`] | environment variables and files |
//! | [`windows`] | Windows and PowerShell |
//! | [`cost`] | time and memory |

/// Defines a page. On GitHub, its links lead to the files of other pages. In the library's documentation,
/// the definitions before the text, which take precedence over those at its end, lead to the modules.
macro_rules! page {
    ($name:ident, $file:literal) => {
        #[doc = concat!(
                                                    "[batch]: crate::guide::batch\n",
                                                    "[digests]: crate::guide::digests\n",
                                                    "[environment]: crate::guide::environment\n",
                                                    "[json]: crate::guide::json\n",
                                                    "[posting]: crate::guide::posting\n",
                                                    "[providers]: crate::guide::providers\n",
                                                    "[verify]: crate::guide::verify\n",
                                                    "[windows]: crate::guide::windows\n\n",
                                                    include_str!($file)
                                                )]
        pub mod $name {}
    };
}

page!(batch, "guide/batch.md");
page!(cost, "guide/cost.md");
page!(digests, "guide/digests.md");
page!(environment, "guide/environment.md");
page!(json, "guide/json.md");
page!(posting, "guide/posting.md");
page!(providers, "guide/providers.md");
page!(verify, "guide/verify.md");
page!(windows, "guide/windows.md");

//! What spreadsheets make of values.

use crate::issue::{Field, Issue, IssueKind};

pub(crate) const REMEDY: &str =
    "format the column as text in the spreadsheet, and enter the value again";

/// Returns the warning for a value that [`is_spreadsheet_artifact`].
pub(crate) fn spreadsheet_warning(field: Field) -> Issue {
    let problem = "looks like what a spreadsheet displays in place of a value";
    Issue::new(field, IssueKind::Warning, problem, REMEDY)
}

/// The names of errors, as spreadsheets display them. A name that languages share is listed once.
const ERRORS: [&str; 6] = [
    "#NAME? #N/A #REF! #VALUE! #DIV/0! #NUM! #NULL!", // English
    "#NV #BEZUG! #WERT! #ZAHL!",                      // German
    "#NOM? #VALEUR! #NOMBRE! #NUL!",                  // French
    "#¿NOMBRE? #N/D #¡REF! #¡VALOR! #¡DIV/0! #¡NUM!", // Spanish
    "#NOME? #RIF! #VALORE!",                          // Italian
    "#VALOR! #NÚM!",                                  // Portuguese
];

/// Returns true for what a spreadsheet displays in place of a value: a number in scientific notation,
/// the name of an error, or the `#` of a column that is too narrow.
pub(crate) fn is_spreadsheet_artifact(value: &[u8]) -> bool {
    match value {
        [b'#', rest @ ..] => {
            let is_narrow = !rest.is_empty() && rest.iter().all(|byte| *byte == b'#');
            let mut errors = ERRORS.iter().flat_map(|names| names.split(' '));
            is_narrow || errors.any(|error| error.as_bytes() == value)
        }
        [b'0'..=b'9', ..] => is_scientific(value),
        _ => false,
    }
}

/// Returns true for a number such as `1.55512E+11`, with a decimal point or comma. Spreadsheets display
/// an `E`, and programs that process tables write an `e`. Names such as `1e5` and `3e-12` are more likely
/// names than numbers.
fn is_scientific(value: &[u8]) -> bool {
    let is_number = |digits: &[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let Some(position) = value.iter().position(|byte| b"Ee".contains(byte)) else { return false };
    let (mantissa, exponent) = (&value[..position], &value[position + 1..]);
    let is_mantissa = match mantissa {
        [integer, b'.' | b',', fraction @ ..] => integer.is_ascii_digit() && is_number(fraction),
        [integer] => integer.is_ascii_digit() && value[position] == b'E',
        _ => false,
    };
    is_mantissa && matches!(exponent, [b'+' | b'-', digits @ ..] if is_number(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_a_spreadsheet_replaced() {
        for value in [
            "1.55512E+11",
            "1,55512E+11",
            "9E+99",
            "1E-5",
            "1.555123e+11",
            "1,5e+11",
            "#NAME?",
            "#N/A",
            "#REF!",
            "#VALUE!",
            "#DIV/0!",
            "#NUM!",
            "#NULL!",
            "########",
            "##",
            "#WERT!",
            "#NV",
            "#VALEUR!",
            "#¿NOMBRE?",
            "#RIF!",
            "#NÚM!",
        ] {
            assert!(is_spreadsheet_artifact(value.as_bytes()), "{value}");
        }
        for value in [
            "",
            "#",
            "#N",
            "x##",
            "E+11",
            "1E11",
            "1E+",
            "1.E+11",
            ".5E+11",
            "15.5E+11",
            "1x5E+11",
            "1.5e11",
            "1.5e5",
            "1e5",
            "3e-12",
            "#WERT",
            "#wert!",
            "#NV!",
            "1.5E+1x",
            "1.5xE+11",
            "15551234567",
            "xE+11",
            "x.5E+11",
        ] {
            assert!(!is_spreadsheet_artifact(value.as_bytes()), "{value}");
        }
    }
}

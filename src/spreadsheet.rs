//! What spreadsheets make of values.

/// The names of errors, as spreadsheets display them. A name that languages share is listed once.
const ERRORS: [&str; 6] = [
    "#NAME? #N/A #REF! #VALUE! #DIV/0! #NUM! #NULL! #SPILL! #CALC! #FIELD! #GETTING_DATA", // English
    "#NV #BEZUG! #WERT! #ZAHL! #ÜBERLAUF!",                                                // German
    "#NOM? #VALEUR! #NOMBRE! #NUL! #PROPAGATION!",                                         // French
    "#¿NOMBRE? #N/D #¡REF! #¡VALOR! #¡DIV/0! #¡NUM! #¡NULO! #¡DESBORDAMIENTO!", // Spanish
    "#NOME? #RIF! #VALORE! #NULLO! #ESPANSIONE!",                               // Italian
    "#VALOR! #NÚM! #NULO! #DESPEJAR!",                                          // Portuguese
];

/// Returns true for what a spreadsheet displays or exports in place of a value: a rounded number, the
/// name of an error, or the `#` of a column that is too narrow.
pub(crate) fn is_artifact(value: &[u8]) -> bool {
    match value {
        [b'#', rest @ ..] => {
            let is_narrow = !rest.is_empty() && rest.iter().all(|byte| *byte == b'#');
            let mut errors = ERRORS.iter().flat_map(|names| names.split(' '));
            is_narrow || errors.any(|error| error.as_bytes() == value)
        }
        // LibreOffice's errors.
        [b'E', b'r', b'r', b':', number @ ..] => is_number(number),
        [b'0'..=b'9', ..] => is_decimal(value) || is_scientific(value),
        _ => false,
    }
}

/// Returns true if there are digits, and nothing else.
pub(crate) fn is_number(digits: &[u8]) -> bool {
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

/// Returns true for an integer that became `15551234567.0`.
fn is_decimal(value: &[u8]) -> bool {
    let integer = value.strip_suffix(b".0").or_else(|| value.strip_suffix(b",0"));
    integer.is_some_and(is_number)
}

/// Returns true for a number such as `1.55512E+11`. Without a decimal point or comma, only `1E+11` is
/// one: `1e5` and `3e-12` are more likely names.
fn is_scientific(value: &[u8]) -> bool {
    let Some(position) = value.iter().position(|byte| b"Ee".contains(byte)) else { return false };
    let (mantissa, exponent) = (&value[..position], &value[position + 1..]);
    match (mantissa, exponent) {
        ([b'0'..=b'9', b'.' | b',', fraction @ ..], [b'+' | b'-', digits @ ..] | digits) => {
            is_number(fraction) && is_number(digits)
        }
        ([b'0'..=b'9'], [b'+' | b'-', digits @ ..]) => value[position] == b'E' && is_number(digits),
        _ => false,
    }
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
            "1.5e5",
            "3.108207129E9",
            "15551234567.0",
            "15551234567,0",
            "Err:502",
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
            assert!(is_artifact(value.as_bytes()), "{value}");
        }
        for value in [
            "",
            "#",
            "#N",
            "Err:",
            ".0",
            "10.0.0.0",
            "15.5",
            "1.5e",
            "x##",
            "E+11",
            "1E11",
            "1E+",
            "1.E+11",
            ".5E+11",
            "15.5E+11",
            "1x5E+11",
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
            assert!(!is_artifact(value.as_bytes()), "{value}");
        }
    }
}

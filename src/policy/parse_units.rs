//! Sizes and times as people write them: `64MiB`, `600s`.

use std::time::Duration;

/// Reads a size in bytes: digits and an optional unit, `KiB`, `MiB`, `GiB` (powers of 1024) or `kB`, `MB`, `GB`.
///
/// # Errors
/// Says what to write instead.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = split(text);
    let factor: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return Err("write a size such as 64MiB, 2GiB or a number of bytes".to_owned()),
    };
    let number: u64 =
        number.parse().map_err(|_| "write a whole number, then the unit, such as 64MiB or 2GiB".to_owned())?;
    number.checked_mul(factor).filter(|&bytes| bytes > 0).ok_or_else(|| "use a size from 1 byte to 16 EiB".to_owned())
}

/// Reads a time: digits and an optional unit, `ms`, `s` (the default), `min` or `h`.
///
/// # Errors
/// Says what to write instead.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text);
    let millis: u64 = match unit {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err("write a time such as 600s, 10min or 1h".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "write a whole number, then the unit, such as 600s".to_owned())?;
    let total = number.checked_mul(millis).filter(|&total| total > 0);
    total.map(Duration::from_millis).ok_or_else(|| "use a time longer than nothing".to_owned())
}

/// The digits in front, and the unit behind them.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    (number, unit.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_binary_and_decimal_units() {
        assert_eq!(size("64MiB"), Ok(64 << 20));
        assert_eq!(size("2 GB"), Ok(2_000_000_000));
        assert_eq!(size("1024"), Ok(1024));
        assert_eq!(size("1k"), Ok(1024));
        for bad in ["", "MiB", "1.5GiB", "-1", "0", "64XB", "99999999999999999999", "20000000000GiB", "ü"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_default_to_seconds() {
        assert_eq!(duration("600s"), Ok(Duration::from_secs(600)));
        assert_eq!(duration("90"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("10min"), Ok(Duration::from_secs(600)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        for bad in ["", "s", "0", "5 weeks", "99999999999999999999h", "999999999999999999h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}

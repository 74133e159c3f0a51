//! Addresses in logs, read without more ado than they need.

use std::net::{IpAddr, Ipv4Addr};

/// The address that a text is, as [`IpAddr`] reads it.
pub(super) fn parse_address(text: &[u8]) -> Option<IpAddr> {
    if let Some(ip) = parse_v4(text) {
        return Some(ip.into());
    }
    // Nothing else is an address: names and numbers are told without a try.
    memchr::memchr(b':', text)?;
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Four decimal numbers without leading zeros.
fn parse_v4(text: &[u8]) -> Option<Ipv4Addr> {
    if text.len() < 7 || text.len() > 15 {
        return None;
    }
    let (mut octets, mut at) = ([0u8; 4], 0);
    let (mut number, mut digits) = (0u32, 0);
    for &byte in text {
        match byte {
            b'0'..=b'9' => {
                if digits > 0 && number == 0 {
                    return None;
                }
                number = number * 10 + u32::from(byte - b'0');
                digits += 1;
                if number > 255 {
                    return None;
                }
            }
            b'.' if digits > 0 => {
                *octets.get_mut(at)? = number as u8;
                at += 1;
                (number, digits) = (0, 0);
            }
            _ => return None,
        }
    }
    if at != 3 || digits == 0 {
        return None;
    }
    octets[3] = number as u8;
    Some(octets.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_an_address_is_what_the_library_says(
            text in prop_oneof![
                "[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}",
                "[0-9.]{0,16}",
                "[0-2]{1,2}(\\.[0-2]{1,2}){2,4}",
                "[0-9a-f:.%]{0,20}",
                any::<[u8; 16]>().prop_map(|b| IpAddr::from(b).to_string()),
                any::<[u8; 4]>().prop_map(|b| IpAddr::from(b).to_string()),
                any::<[u8; 4]>().prop_map(|b| format!("::ffff:{}", IpAddr::from(b))),
            ],
        ) {
            prop_assert_eq!(parse_address(text.as_bytes()), text.parse().ok());
        }
    }
}

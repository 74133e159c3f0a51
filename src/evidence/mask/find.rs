//! Where a secret could be, at the speed of reading: clean text costs a look at every second byte.
//!
//! A needle has four bytes at least, so that three of them in a row stand at an even place, wherever it begins. The
//! three bytes at each even place are looked up by a hash; eight such looks do not wait for each other. What is found
//! is compared. Letters count without regard to case.

use memchr::memmem::Finder;
use std::sync::LazyLock;

/// What secrets, or the names of secrets, hold, in lower case. Each has at least four bytes.
pub const NEEDLES: &[&[u8]] = &[
    b"secret",
    b"token",
    b"signature",
    b"authorization",
    b"password",
    b"passwd",
    b"passphrase",
    b"pwd=",
    b"pwd:",
    b"pwd\"",
    b"pwd\\",
    b"pwd'",
    b"pwd ",
    b"pwd>",
    b"pwd%",
    b"private",
    b"keymaterial",
    b"bearer ",
    b"akia",
    b"asia",
    b"ghp_",
    b"gho_",
    b"ghu_",
    b"ghs_",
    b"ghr_",
    b"github_pat_",
    b"xoxa-",
    b"xoxb-",
    b"xoxe",
    b"xoxp-",
    b"xoxr-",
    b"xoxs-",
    b"xapp-",
    b"sk_live_",
    b"rk_live_",
    // The beginnings of `{"alg":`, `{"typ":`, `{"kid":`, `{"x5t":`, `{"enc":`, `{"cty":` in base64.
    b"eyjhbgci",
    b"eyj0exai",
    b"eyjrawqi",
    b"eyj4nxqi",
    b"eyjlbmmi",
    b"eyjjdhki",
    // `://` as some writers of JSON have it.
    SLASHES,
];

/// Begins the place of a host in JSON.
pub const SLASHES: &[u8] = br":\/\/";

/// By the hash of three bytes: do they begin a needle, or follow its first byte?
static THREES: [bool; 4096] = threes();

const fn three(word: u32) -> usize {
    ((word | 0x2020_2020) << 8).wrapping_mul(0x9e37_79b1) as usize >> 20
}

const fn threes() -> [bool; 4096] {
    let mut out = [false; 4096];
    let mut n = 0;
    while n < NEEDLES.len() {
        let needle = NEEDLES[n];
        out[three(u32::from_le_bytes([needle[0], needle[1], needle[2], 0]))] = true;
        out[three(u32::from_le_bytes([needle[1], needle[2], needle[3], 0]))] = true;
        n += 1;
    }
    out
}

/// Looks in a row, at every second byte.
const LOOKS: usize = 8;
/// Bytes that they read: the last one takes four.
const READ: usize = 2 * LOOKS + 2;

/// A needle, and where it begins.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    pub at: usize,
    pub needle: &'static [u8],
}

/// By another hash of four bytes: do they begin a needle?
static FOURS: [bool; 4096] = fours();

const fn four(word: u32) -> usize {
    (word | 0x2020_2020).wrapping_mul(0x85eb_ca6b) as usize >> 20
}

const fn fours() -> [bool; 4096] {
    let mut out = [false; 4096];
    let mut n = 0;
    while n < NEEDLES.len() {
        let needle = NEEDLES[n];
        out[four(u32::from_le_bytes([needle[0], needle[1], needle[2], needle[3]]))] = true;
        n += 1;
    }
    out
}

/// Tells of every needle in the text, in order.
pub fn each(text: &[u8], mut hit: impl FnMut(Hit)) {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        match rest.first_chunk::<READ>() {
            Some(block) => look(block, text, at, &mut hit),
            None => {
                let mut block = [0; READ];
                block.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                look(&block, text, at, &mut hit);
            }
        }
        at += 2 * LOOKS;
    }
}

/// Looks at the text from `at` on, which `block` is a copy of.
fn look(block: &[u8; READ], text: &[u8], at: usize, hit: &mut impl FnMut(Hit)) {
    let found = |n: usize| {
        let four = [block[2 * n], block[2 * n + 1], block[2 * n + 2], block[2 * n + 3]];
        THREES[three(u32::from_le_bytes(four))]
    };
    let mut any = false;
    for n in 0..LOOKS {
        any |= found(n);
    }
    if any {
        for even in (0..LOOKS).filter(|&n| found(n)).map(|n| at + 2 * n) {
            if even > 0 {
                compare(text, even - 1, hit);
            }
            compare(text, even, hit);
        }
    }
}

/// Is there a needle at this place?
fn compare(text: &[u8], at: usize, hit: &mut impl FnMut(Hit)) {
    let rest = text.get(at..).unwrap_or_default();
    let begins = rest.first_chunk::<4>();
    if !begins.is_some_and(|&begins| FOURS[four(u32::from_le_bytes(begins))]) {
        return;
    }
    let is = |needle: &&&[u8]| {
        let same = rest.get(..needle.len());
        same.is_some_and(|same| same.eq_ignore_ascii_case(needle))
    };
    if let Some(needle) = NEEDLES.iter().find(is) {
        hit(Hit { at, needle });
    }
}

/// Tells where something stands behind `://`.
pub fn each_authority(text: &[u8], mut found: impl FnMut(usize)) {
    // Made once: a text may be short.
    static SIGN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("://"));
    for at in SIGN.find_iter(text) {
        found(at + 3);
    }
}

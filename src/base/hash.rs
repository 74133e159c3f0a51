//! Hashing: fast for tables, keyed for identities.

/// The hasher of every in-memory table: fast, seeded once per process.
pub type FastHash = foldhash::fast::RandomState;
pub type FastMap<K, V> = hashbrown::HashMap<K, V, FastHash>;
pub type FastSet<K> = hashbrown::HashSet<K, FastHash>;

/// A record's identity: 128 bits under a per-session seed, so that nobody can craft a log line that hides another.
pub fn identity(seed: u64, bytes: &[u8]) -> u128 {
    xxhash_rust::xxh3::xxh3_128_with_seed(bytes, seed)
}

/// Bytes in hexadecimal, lower case.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from_digit(n.into(), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|b| [digit(b >> 4), digit(b & 15)])
        .collect()
}

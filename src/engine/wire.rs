//! How bytes travel in messages: as one piece, where serde's own way is a call for every byte.

/// `Vec<u8>`.
pub use serde_bytes as bytes;

/// `Vec<Vec<u8>>`.
pub mod lists {
    use serde::ser::SerializeSeq;
    use serde::{Deserialize, Deserializer, Serializer};
    use serde_bytes::{ByteBuf, Bytes};

    pub fn serialize<S: Serializer>(lists: &[Vec<u8>], to: S) -> Result<S::Ok, S::Error> {
        let mut seq = to.serialize_seq(Some(lists.len()))?;
        for list in lists {
            seq.serialize_element(Bytes::new(list))?;
        }
        seq.end()
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Vec<u8>>, D::Error> {
        let lists = Vec::<ByteBuf>::deserialize(from)?;
        Ok(lists.into_iter().map(ByteBuf::into_vec).collect())
    }
}

/// Identities of records: `Vec<u128>`, sixteen bytes each, the lowest first.
pub mod keys {
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(keys: &[u128], to: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = keys.iter().flat_map(|k| k.to_le_bytes()).collect();
        to.serialize_bytes(&bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u128>, D::Error> {
        let bytes: Vec<u8> = serde_bytes::deserialize(from)?;
        let keys = bytes.as_chunks().0.iter();
        Ok(keys.map(|k| u128::from_le_bytes(*k)).collect())
    }
}

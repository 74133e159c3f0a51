use super::super::mmdb::Mmdb;
use super::writer::{Data, asn_database, city_database, country, database};
use super::*;
use proptest::prelude::*;

fn problem(bytes: Vec<u8>) -> NamingError {
    Mmdb::read("x.mmdb", bytes).map(|_| ()).unwrap_err()
}

#[test]
fn city_country_and_registration_are_read() {
    let (mmdb, told) = Mmdb::read("city.mmdb", city_database()).unwrap();
    assert_eq!((told.what.as_str(), told.entries), ("GeoLite2-City", None));
    assert_eq!(told.of, Some(1_700_000_000_000_000_000));
    let (net, place) = mmdb.find(ip("198.51.100.77")).unwrap();
    assert_eq!(net.to_string(), "198.51.100.0/25");
    assert_eq!(
        (&*place.country_code, &*place.country, &*place.city),
        ("DE", "Germany", "Berlin")
    );
    let (net, place) = mmdb.find(ip("2001:db8:1::9")).unwrap();
    assert_eq!(
        (net.to_string().as_str(), &*place.country),
        ("2001:db8:1::/48", "France")
    );
    assert_eq!(mmdb.find(ip("203.0.113.1")).unwrap().1.country, "Japan");
    assert_eq!(mmdb.find(ip("::ffff:198.51.100.77")).unwrap().1.city, "Berlin");
    for outside in ["198.51.100.128", "192.0.2.1", "2001:db8:2::1", "::"] {
        assert_eq!(mmdb.find(ip(outside)), None, "{outside}");
    }
}

#[test]
fn several_databases_answer_together() {
    let mut naming = Naming::default();
    naming
        .read(NamingKind::Mmdb, "city.mmdb", city_database())
        .unwrap();
    naming.read(NamingKind::Mmdb, "asn.mmdb", asn_database()).unwrap();
    let name = naming.name(ip("198.51.100.7"), &Hint::default()).unwrap();
    assert_eq!(name.text, "Example Networks, Germany");
    assert_eq!(name.detail, "AS64496, Berlin, Germany (DE), 198.51.100.0/26");
    assert_eq!(called(&naming, "198.51.100.100"), "Berlin, Germany");
    let here = path(&naming, "198.51.100.7", &Hint::default());
    assert_eq!(here, "Internet > Germany > Example Networks (AS64496)");
    let here = path(&naming, "198.51.100.100", &Hint::default());
    assert_eq!(here, "Internet > Germany > 198.51.0.0/16");
    assert!(naming.remove("asn.mmdb"));
    assert_eq!(called(&naming, "198.51.100.7"), "Berlin, Germany");
}

#[test]
fn what_is_none_or_another_database_is_refused() {
    assert_eq!(problem(Vec::new()).problem, Problem::Empty);
    assert_eq!(
        problem(b"PK\x03\x04 not unpacked".to_vec()).problem,
        Problem::NoMetadata
    );
    let other = database(
        "GeoIP2-Anonymous-IP",
        &[("192.0.2.0/24", Data::Map(vec![country("DE", "Germany")]))],
    );
    assert!(
        matches!(problem(other).problem, Problem::OtherContent { database } if database.contains("Anonymous"))
    );
    let mut cut = city_database();
    cut.truncate(cut.len() - 20);
    let told = problem(cut).to_string();
    assert!(
        told.starts_with("x.mmdb: the database is damaged") && told.ends_with("Download it again."),
        "{told}"
    );
}

/// Where a value is of another type, the record says nothing and the others go on.
#[test]
fn a_record_of_another_shape_says_nothing() {
    let odd = Data::Map(vec![("country", Data::U32(7))]);
    let good = Data::Map(vec![country("DE", "Germany")]);
    let bytes = database("X-Country", &[("192.0.2.0/24", odd), ("198.51.100.0/24", good)]);
    let (mmdb, _) = Mmdb::read("x", bytes).unwrap();
    assert_eq!(mmdb.find(ip("192.0.2.1")), None);
    assert!(mmdb.find(ip("198.51.100.1")).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_bytes_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
        addrs in prop::collection::vec(any::<IpAddr>(), 8),
    ) {
        let mut bytes = city_database();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            let from = cut.index(bytes.len());
            bytes.drain(from..(from + 7).min(bytes.len()));
        }
        if let Ok((mmdb, _)) = Mmdb::read("damaged", bytes) {
            let known = ["198.51.100.7", "203.0.113.1", "2001:db8:1::1", "0.0.0.0", "255.255.255.255"];
            for addr in addrs.into_iter().chain(known.map(ip)) {
                if let Some((net, _)) = mmdb.find(addr) {
                    prop_assert!(net.contains(&addr.to_canonical()));
                }
            }
        }
    }
}

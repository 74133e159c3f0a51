//! What is a record called, whatever kind it is of? Told from the roles of its fields.

use crate::base::{Role, Value};

/// A field of a record: what it means, its name, its value.
pub type Told<'a> = (Option<Role>, &'a str, &'a Value);

/// Roles that name a record, the most telling first.
const NAMING: [Role; 6] = [
    Role::Action,
    Role::Message,
    Role::Resource,
    Role::Service,
    Role::Outcome,
    Role::Id,
];

/// `ACCEPT 10.0.0.5:443 → 192.0.2.7:51234 TCP` of a record that says who spoke with whom, or else what it was about;
/// `None` where no field says.
pub fn title(fields: &[Told<'_>]) -> Option<String> {
    let of = |role: Role| {
        let found = fields
            .iter()
            .find(|(r, _, v)| *r == Some(role) && !v.is_absent())?;
        Some(found.2.to_text()).filter(|t| !t.is_empty())
    };
    let action = of(Role::Action).or_else(|| of(Role::Message));
    if action.is_none()
        && let (Some(source), Some(destination)) = (of(Role::SourceAddress), of(Role::DestinationAddress))
    {
        let from = endpoint(&source, of(Role::SourcePort));
        let to = endpoint(&destination, of(Role::DestinationPort));
        let parts = [
            of(Role::Outcome),
            Some(format!("{from} → {to}")),
            of(Role::Protocol).map(protocol),
        ];
        return Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" "));
    }
    // The resource says more than what was done with it where that is one of a few words.
    let resource = of(Role::Resource).filter(|_| fields.iter().any(|(r, ..)| *r == Some(Role::ResourceType)));
    match (of(Role::Action), of(Role::Service), resource) {
        (Some(action), None, Some(resource)) => Some(format!("{resource} {action}")),
        _ => NAMING.into_iter().find_map(of),
    }
}

/// An address with its port; brackets keep an IPv6 address and its port apart.
fn endpoint(address: &str, port: Option<String>) -> String {
    match port {
        Some(port) if address.contains(':') => format!("[{address}]:{port}"),
        Some(port) => format!("{address}:{port}"),
        None => address.to_owned(),
    }
}

/// A protocol by its name, where it stands as the number that IANA gave it.
fn protocol(number: String) -> String {
    match number.as_str() {
        "1" => "ICMP".into(),
        "6" => "TCP".into(),
        "17" => "UDP".into(),
        "47" => "GRE".into(),
        "50" => "ESP".into(),
        "58" => "ICMPv6".into(),
        n if n.parse::<u8>().is_ok() => format!("protocol {n}"),
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(fields: &[(Role, &str)]) -> Option<String> {
        let values: Vec<Value> = fields.iter().map(|(_, v)| Value::Text((*v).to_owned())).collect();
        let fields: Vec<Told<'_>> = fields
            .iter()
            .zip(&values)
            .map(|((r, _), v)| (Some(*r), "", v))
            .collect();
        title(&fields)
    }

    #[test]
    fn a_flow_says_who_spoke_with_whom() {
        let flow = [
            (Role::SourceAddress, "10.0.0.5"),
            (Role::DestinationAddress, "192.0.2.7"),
            (Role::SourcePort, "443"),
            (Role::DestinationPort, "51234"),
            (Role::Protocol, "6"),
            (Role::Outcome, "ACCEPT"),
        ];
        assert_eq!(
            told(&flow).as_deref(),
            Some("ACCEPT 10.0.0.5:443 → 192.0.2.7:51234 TCP")
        );
        assert_eq!(told(&flow[..2]).as_deref(), Some("10.0.0.5 → 192.0.2.7"));
        let v6 = [
            (Role::SourceAddress, "2001:db8::1"),
            (Role::DestinationAddress, "2001:db8::2"),
            (Role::DestinationPort, "22"),
        ];
        assert_eq!(told(&v6).as_deref(), Some("2001:db8::1 → [2001:db8::2]:22"));
    }

    #[test]
    fn an_event_is_called_by_its_action() {
        let event = [
            (Role::Outcome, "ok"),
            (Role::Action, "StopLogging"),
            (Role::Service, "cloudtrail.amazonaws.com"),
            (Role::SourceAddress, "192.0.2.7"),
        ];
        assert_eq!(told(&event).as_deref(), Some("StopLogging"));
        let item = [
            (Role::ResourceType, "AWS::EC2::SecurityGroup"),
            (Role::Resource, "sg-1"),
            (Role::Action, "UPDATE"),
        ];
        assert_eq!(told(&item).as_deref(), Some("sg-1 UPDATE"));
        assert_eq!(told(&[]), None);
    }
}

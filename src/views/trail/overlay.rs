//! What stands over the lanes: sessions as bands, Insights events hatched.

use super::model::KINDS;
use crate::base::{TimeRange, Value};
use crate::chart::{Lane, Stretch};
use crate::query::{Agg, Answer, Expr, Key, Query};
use crate::sessions::Session;
use std::collections::HashMap;

/// Insights events: what was unusual about which call, at its beginning and its end.
pub fn ask_insights() -> Query {
    let by = [
        "sharedEventID",
        "insightDetails.insightType",
        "insightDetails.eventSource",
        "insightDetails.eventName",
    ];
    let time = || "@timestamp".to_owned();
    let by = by.iter().map(|f| Key::Field((*f).to_owned())).collect();
    Query::groups(&KINDS, by, vec![Agg::Min(time()), Agg::Max(time())])
        .filter(Expr::exists("insightDetails.insightType"))
        .limit(500)
}

/// Stretches out of the answer to [`ask_insights`], on the lanes of the call or its service. One that has not ended in these
/// files lasts as long as they do.
pub fn overlay_insights(lanes: &mut [Lane], field: &str, answer: &Answer, until_ns: i64) {
    let at = match field {
        "eventSource" => 2,
        "eventName" => 3,
        _ => return,
    };
    for row in &answer.rows {
        let text = |n: usize| row.get(n).filter(|v| !v.is_absent()).map(Value::to_text);
        let (Some(of), Some(from)) = (text(at), row.get(4).and_then(Value::as_i64)) else {
            continue;
        };
        let to = row.get(5).and_then(Value::as_i64).filter(|to| *to > from);
        let label = format!(
            "{} of {}",
            text(1).unwrap_or_else(|| "Insights".to_owned()),
            text(3).unwrap_or_default()
        );
        if let Some(lane) = lanes.iter_mut().find(|l| l.name == of) {
            lane.insights.push(Stretch {
                range: TimeRange::new(from, to.unwrap_or(until_ns).max(from + 1)),
                label,
            });
        }
    }
}

/// Sessions as bands on the lanes of their principals.
pub fn overlay_sessions(lanes: &mut [Lane], sessions: &[Session]) {
    let mut at: HashMap<&str, Vec<Stretch>> = HashMap::new();
    for session in sessions.iter().filter(|s| s.last_ns > s.first_ns) {
        let who = session.who.as_ref().map_or("not known", |w| w.name.as_str());
        at.entry(&session.principal).or_default().push(Stretch {
            range: TimeRange::new(session.first_ns, session.last_ns),
            label: format!("session of {who}"),
        });
    }
    for lane in lanes {
        if let Some(bands) = at.remove(lane.name.as_str()) {
            lane.sessions = bands;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Marks;
    use crate::sessions::{People, Use};

    fn lane(name: &str) -> Lane {
        Lane {
            name: name.to_owned(),
            detail: String::new(),
            count: 1,
            flag: None,
            marks: Marks::Density(Vec::new()),
            sessions: Vec::new(),
            insights: Vec::new(),
            signs: Vec::new(),
        }
    }

    #[test]
    fn a_session_is_a_band_on_its_principal_s_lane() {
        let mut one = Use {
            principal: "ana".to_owned(),
            first_ns: 10,
            last_ns: 20,
            calls: 3,
            ..Use::default()
        };
        one.who.key = "AKIAIOSFODNN7EXAMPLE".to_owned();
        one.who.kind = "IAMUser".to_owned();
        one.who.name = "ana".to_owned();
        let lives = People {
            uses: vec![one],
            ..People::default()
        }
        .lives();
        let mut lanes = [lane("ben"), lane("ana")];
        overlay_sessions(&mut lanes, &lives.sessions);
        assert_eq!(lanes[0].sessions, []);
        assert_eq!(lanes[1].sessions.len(), 1);
        assert_eq!(lanes[1].sessions[0].range, TimeRange::new(10, 20));
    }

    #[test]
    fn an_insights_event_lasts_from_its_beginning_to_its_end() {
        let row = |source: &str, from: i64, to: i64| {
            vec![
                "id".into(),
                "ApiCallRateInsight".into(),
                source.into(),
                "RunInstances".into(),
                Value::Time(from),
                Value::Time(to),
            ]
        };
        let answer = Answer {
            rows: vec![row("ec2.amazonaws.com", 10, 30), row("ec2.amazonaws.com", 50, 50)],
            ..Answer::default()
        };
        let mut lanes = [lane("s3.amazonaws.com"), lane("ec2.amazonaws.com")];
        overlay_insights(&mut lanes, "eventSource", &answer, 90);
        assert_eq!(lanes[0].insights, []);
        let ranges: Vec<_> = lanes[1].insights.iter().map(|s| s.range).collect();
        assert_eq!(
            ranges,
            [TimeRange::new(10, 30), TimeRange::new(50, 90)],
            "the second has not ended in these files"
        );
        let mut by_name = [lane("RunInstances")];
        overlay_insights(&mut by_name, "principal", &answer, 90);
        assert_eq!(by_name[0].insights, [], "lanes by principal have none");
    }
}

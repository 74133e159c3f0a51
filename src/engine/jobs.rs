//! Work off the page's thread that is no query.

use super::port::{Job, JobResult, Packed};
use super::stage::Stage;
use crate::base::base64;
use crate::diff::diff;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::Write;

/// Does a job; an error is a sentence for the person. `stage` is where a shared file is made.
pub fn run(job: Job, stage: &mut Stage) -> Result<JobResult, String> {
    match job {
        Job::Sample { index } => {
            let file = crate::sample::make(index);
            Ok(JobResult::Sample {
                name: file.name,
                bytes: file.bytes,
            })
        }
        Job::Layout(input) => Ok(JobResult::Layout(Box::new(crate::chart::layout::layout(&input)))),
        Job::Diff { before, after } => {
            let [before, after] = [before, after].map(|text| item(text.as_deref()));
            let found = diff(before.as_ref(), after.as_ref());
            Ok(JobResult::Diff(Box::new(found)))
        }
        Job::Changes { texts } => {
            let items: Vec<Option<Value>> = texts.iter().map(|t| item(t.as_deref())).collect();
            let pairs = items.windows(2).map(|pair| match pair {
                [_, None] => "The original record is not there any more".to_owned(),
                [before, after] => diff(before.as_ref(), after.as_ref()).summary(),
                _ => String::new(),
            });
            Ok(JobResult::Changes(pairs.collect()))
        }
        Job::Lives(people) => Ok(JobResult::Lives(Box::new(people.lives()))),
        Job::Origin { people, of } => Ok(JobResult::Origin(Box::new(people.origin(&of)))),
        Job::Diagnose { groups, described } => Ok(JobResult::Diagnoses(crate::diagnosis::diagnose(
            &groups, &described,
        ))),
        Job::Pack(program) => pack(&program).map(JobResult::Packed),
        Job::Digest { bytes, base64 } => {
            let decoded = match base64 {
                true => base64::decoded(&bytes).ok_or("It is not base64.")?,
                false => bytes,
            };
            Ok(JobResult::Digest(Sha256::digest(&decoded).into()))
        }
        Job::Stage => {
            *stage = Stage::default();
            Ok(JobResult::Stage)
        }
        Job::Weave { order, parts } => Ok(JobResult::Woven(Box::new(stage.weave(order, &parts)?))),
        Job::AskStage(query) => Ok(JobResult::Answer(Box::new(stage.ask(&query)))),
    }
}

fn pack(program: &[u8]) -> Result<Packed, String> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let packed = packer.write_all(program).and_then(|()| packer.finish());
    Ok(Packed {
        base64: base64::encoded(&packed.map_err(|e| e.to_string())?),
        sha256: Sha256::digest(program).into(),
    })
}

/// The configuration item in a record's text. What a notification adds about the change is not part of the resource.
fn item(text: Option<&[u8]>) -> Option<Value> {
    let mut item = crate::formats::config::item(text?)?;
    if let Some(members) = item.as_object_mut() {
        members.remove("configurationItemDiff");
    }
    Some(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item_with(description: &str) -> String {
        format!(
            r#"{{"configurationItemCaptureTime":"2026-11-11T01:27:41Z","resourceType":"AWS::EC2::SecurityGroup",
                "resourceId":"sg-1","configuration":{{"description":"{description}"}}}}"#
        )
    }

    #[test]
    fn a_notification_about_an_item_compares_as_the_item() {
        let item = item_with("web");
        let notification = format!(
            r#"{{"configurationItemDiff":{{"changeType":"UPDATE","changedProperties":{{"a":{{}}}}}},"configurationItem":{item}}}"#
        );
        let job = Job::Diff {
            before: Some(item.clone().into_bytes()),
            after: Some(notification.into_bytes()),
        };
        let Ok(JobResult::Diff(found)) = run(job, &mut Stage::default()) else {
            panic!("a diff");
        };
        assert_eq!(found.counts.changes(), 0);

        let texts = [Some(item), Some(item_with("shop")), None];
        let job = Job::Changes {
            texts: texts.map(|t| t.map(String::into_bytes)).to_vec(),
        };
        let Ok(JobResult::Changes(said)) = run(job, &mut Stage::default()) else {
            panic!("changes");
        };
        assert_eq!(said.len(), 2);
        assert!(said[0].contains("description"), "{}", said[0]);
    }
}

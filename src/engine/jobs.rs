//! Work off the page's thread that is no query.

use super::port::{Job, JobResult};
use crate::diff::diff;
use serde_json::Value;

/// Does a job; an error is a sentence for the person.
pub fn run(job: Job) -> Result<JobResult, String> {
    match job {
        Job::Sample { index } => {
            let file = crate::sample::make(index);
            Ok(JobResult::Sample {
                name: file.name,
                bytes: file.bytes,
            })
        }
        Job::Layout(input) => Ok(JobResult::Layout(Box::new(crate::chart::layout::layout(&input)))),
        Job::Csv {
            columns,
            rows,
            header,
        } => Ok(JobResult::Csv(crate::share::csv(&columns, &rows, header))),
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
    }
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
        let Ok(JobResult::Diff(found)) = run(job) else {
            panic!("a diff");
        };
        assert_eq!(found.counts.changes(), 0);

        let texts = [Some(item), Some(item_with("shop")), None];
        let job = Job::Changes {
            texts: texts.map(|t| t.map(String::into_bytes)).to_vec(),
        };
        let Ok(JobResult::Changes(said)) = run(job) else {
            panic!("changes");
        };
        assert_eq!(said.len(), 2);
        assert!(said[0].contains("description"), "{}", said[0]);
    }
}

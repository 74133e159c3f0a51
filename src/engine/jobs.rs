//! Work off the page's thread that is no query.

use super::port::{Job, JobResult};

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
    }
}

//! What a container of log events says of each of them, for the reader of what is inside.

use std::collections::VecDeque;
use std::sync::Arc;

/// What an envelope says of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Where the event begins in what is inside.
    pub from: u64,
    /// When it was logged, in nanoseconds.
    pub time_ns: Option<i64>,
    /// `account:group`, or the group alone.
    pub log: Option<Arc<str>>,
    pub stream: Option<Arc<str>>,
}

impl Told {
    /// The account and the group of `account:group`.
    pub fn account_and_group(&self) -> (Option<&str>, Option<&str>) {
        match self.log.as_deref().map(|log| (log, log.split_once(':'))) {
            None => (None, None),
            Some((log, None)) => (None, Some(log)),
            Some((_, Some((account, group)))) => (Some(account), Some(group)),
        }
    }
}

/// What is told of events that a reader has not come to yet, in their order.
#[derive(Debug, Default)]
pub struct Envelope {
    /// The reader's member is in one.
    is_there: bool,
    ahead: VecDeque<Told>,
    now: Option<Told>,
}

impl Envelope {
    pub fn extend(&mut self, told: impl IntoIterator<Item = Told>) {
        self.ahead.extend(told);
    }

    /// An envelope was taken off: what another one around it told holds no more.
    pub fn open(&mut self) {
        *self = Envelope {
            is_there: true,
            ..Envelope::default()
        };
    }

    pub fn is_there(&self) -> bool {
        self.is_there
    }

    /// What is told of the event that a byte belongs to, and whether it is the event's first. Asked in order.
    pub fn at(&mut self, offset: u64) -> Option<(&Told, bool)> {
        while self.ahead.front().is_some_and(|next| next.from <= offset) {
            self.now = self.ahead.pop_front();
        }
        self.now.as_ref().map(|told| (told, told.from == offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_belongs_to_the_event_that_began_last() {
        let told = |from: u64| Told {
            from,
            time_ns: Some(from as i64),
            ..Told::default()
        };
        let mut envelope = Envelope::default();
        envelope.extend([told(3), told(10)]);
        assert!(envelope.at(0).is_none());
        let seen = [3, 5, 10, 12].map(|at| envelope.at(at).map(|(t, first)| (t.from, first)));
        assert_eq!(
            seen,
            [
                Some((3, true)),
                Some((3, false)),
                Some((10, true)),
                Some((10, false))
            ]
        );
    }

    #[test]
    fn a_group_may_come_without_its_account() {
        let of = |log: &str| Told {
            log: Some(log.into()),
            ..Told::default()
        };
        assert_eq!(
            of("/aws/lambda/f").account_and_group(),
            (None, Some("/aws/lambda/f"))
        );
        assert_eq!(
            of("111122223333:/aws/lambda/f").account_and_group(),
            (Some("111122223333"), Some("/aws/lambda/f"))
        );
    }
}

//! What people ask of a trail first, each as the filter that answers it.

use crate::query::Expr;
use crate::query::text::{ParseError, parse};

/// A question with its answer's filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    pub id: &'static str,
    /// `Who used root?`
    pub asks: &'static str,
    /// As one types it; [`VALUE`] stands for what is asked about.
    pub filter: &'static str,
    /// What has to be named first; empty where the question is whole.
    pub about: &'static str,
}

/// Stands in a question's filter for the value that it is asked about.
const VALUE: &str = "{}";

/// Calls that take something away, by how their names begin.
const DELETES: &str = "(eventName ^ Delete or eventName ^ Terminate or eventName ^ Deregister or eventName ^ Remove or eventName ^ Release or eventName ^ Purge or eventName ^ ScheduleKeyDeletion) and outcome != failed";
/// Calls that let somebody through to a port.
const OPENS: &str = "eventName in (AuthorizeSecurityGroupIngress, AuthorizeSecurityGroupEgress, ModifySecurityGroupRules, CreateSecurityGroup, CreateNetworkAclEntry, ReplaceNetworkAclEntry, AuthorizeDBSecurityGroupIngress, AuthorizeCacheSecurityGroupIngress, AuthorizeClusterSecurityGroupIngress) and outcome != failed";
const DENIED: &str = "errorCode : AccessDenied or errorCode : Unauthorized or errorCode : Forbidden";

pub const QUESTIONS: [Question; 11] = [
    Question {
        id: "root",
        asks: "Who used root?",
        filter: "userIdentity.type = Root and not userIdentity.invokedBy:*",
        about: "",
    },
    Question {
        id: "deleted",
        asks: "What was deleted?",
        filter: DELETES,
        about: "",
    },
    Question {
        id: "opened",
        asks: "Who opened a port?",
        filter: OPENS,
        about: "",
    },
    Question {
        id: "world",
        asks: "What was opened to everyone?",
        filter: "openedTo:* and outcome != failed",
        about: "",
    },
    Question {
        id: "denied",
        asks: "Why was access denied?",
        filter: DENIED,
        about: "",
    },
    Question {
        id: "no-mfa",
        asks: "Who signed in without MFA?",
        filter: "eventName = ConsoleLogin and responseElements.ConsoleLogin = Success and additionalEventData.MFAUsed = No",
        about: "",
    },
    Question {
        id: "trail",
        asks: "Who touched the logging?",
        filter: "eventName in (StopLogging, DeleteTrail, UpdateTrail, PutEventSelectors, DeleteFlowLogs, DeleteConfigurationRecorder, StopConfigurationRecorder, DeleteDetector, UpdateDetector, DeleteLogGroup, DeleteLogStream, PutRetentionPolicy, DeleteMetricFilter, DeleteAlarms, DisableAlarmActions)",
        about: "",
    },
    Question {
        id: "access",
        asks: "Who was given access?",
        filter: "eventName in (CreateUser, CreateAccessKey, CreateLoginProfile, CreateRole, AttachUserPolicy, AttachRolePolicy, AttachGroupPolicy, PutUserPolicy, PutRolePolicy, PutGroupPolicy, AddUserToGroup, UpdateAssumeRolePolicy, CreatePolicyVersion, SetDefaultPolicyVersion) and outcome != failed",
        about: "",
    },
    Question {
        id: "changed",
        asks: "Who changed this?",
        filter: "resource = {} and readOnly != true",
        about: "a resource: its id, name or ARN",
    },
    Question {
        id: "key",
        asks: "What did this key do?",
        filter: "userIdentity.accessKeyId = {}",
        about: "an access key",
    },
    Question {
        id: "refused",
        asks: "Why was this principal refused?",
        filter: "principal = {} and errorCode:*",
        about: "a principal",
    },
];

impl Question {
    /// Its filter as one types it, about a value where it needs one.
    pub fn typed(&self, value: &str) -> String {
        let quoted = format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
        self.filter.replace(VALUE, &quoted)
    }

    /// Its filter.
    pub fn expr(&self, value: &str) -> Result<Expr, ParseError> {
        parse(&self.typed(value))
    }
}

#[cfg(target_arch = "wasm32")]
pub use menu::Questions;

#[cfg(target_arch = "wasm32")]
mod menu {
    use super::{QUESTIONS, Question};
    use crate::session::Session;
    use crate::widgets::{Icon, Menu};
    use leptos::prelude::*;

    /// The questions as a menu: one click each, with the filter that it sets.
    #[component]
    pub fn Questions(session: Session, view: &'static str) -> impl IntoView {
        let open = RwSignal::new(false);
        let ask = move |question: &Question, value: &str| match question.expr(value) {
            Ok(filter) => {
                session.show(view, filter, session.range.get_untracked());
                open.set(false);
            }
            Err(why) => session.say.set(why.to_string()),
        };
        let rows = move || {
            QUESTIONS
                .iter()
                .map(|question| {
                    if question.about.is_empty() {
                        let set = move |_| ask(question, "");
                        return view! {
                            <li>
                                <button type="button" class="question" on:click=set>
                                    <span>{question.asks}</span>
                                    <code class="faint">{question.filter}</code>
                                </button>
                            </li>
                        }
                        .into_any();
                    }
                    let value = RwSignal::new(String::new());
                    let set = move |e: web_sys::SubmitEvent| {
                        e.prevent_default();
                        let value = value.get_untracked();
                        if !value.trim().is_empty() {
                            ask(question, value.trim());
                        }
                    };
                    view! {
                        <li>
                            <form class="question" on:submit=set>
                                <span>{question.asks}</span>
                                <span class="row">
                                    <input
                                        class="field mono"
                                        type="text"
                                        spellcheck="false"
                                        aria-label=format!("{} Name {}", question.asks, question.about)
                                        placeholder=question.about
                                        prop:value=move || value.get()
                                        on:input=move |e| value.set(event_target_value(&e))
                                    />
                                    <button type="submit" class="button button-small">"Ask"</button>
                                </span>
                                <code class="faint">{move || question.typed(&value.get())}</code>
                            </form>
                        </li>
                    }
                    .into_any()
                })
                .collect_view()
        };
        let button = view! {
            <Icon name="circle-help" />
            "Questions"
        }
        .into_any();
        view! {
            <Menu button label="Questions people ask" class="questions" open>
                <ul class="questions-list">{rows}</ul>
            </Menu>
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_is_a_filter_and_takes_any_value() {
        for question in QUESTIONS {
            for value in ["", "a", "a \"b\" \\", "arn:aws:iam::111122223333:role/x", "{}"] {
                if let Err(why) = question.expr(value) {
                    panic!("{} about {value:?}: {why}", question.id);
                }
            }
            assert_eq!(
                question.filter.contains(VALUE),
                !question.about.is_empty(),
                "{}",
                question.id
            );
            assert!(question.asks.ends_with('?'), "{}", question.id);
        }
    }
}

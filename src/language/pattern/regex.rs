//! Regexes between percent signs (FilterAndPatternSyntax, "Using regular expressions"): a small language without groups.
//!
//! They are written anew for the `regex` crate, whose Unicode tables are not needed: classes are those of ASCII. As there are
//! no groups, what any match must contain can be read off; most messages are refused by looking for that alone.

mod translate;

use memchr::memmem::Finder;
use translate::{Branch, translate};

/// A regex, ready to search.
#[derive(Clone, Debug)]
pub struct Regex {
    source: String,
    branches: Vec<Search>,
}

/// How one branch is looked for.
#[derive(Clone, Debug)]
enum Search {
    Text(Box<Finder<'static>>),
    Regex {
        /// Texts that any match contains.
        needed: Vec<Finder<'static>>,
        regex: regex::Regex,
        /// The same at the start of a text only, for a branch that begins with the first of `needed`.
        here: Option<regex::Regex>,
    },
}

pub enum Problem {
    /// A character that is not allowed, by its place in the source.
    Character {
        at: usize,
        says: String,
    },
    Syntax(String),
}

/// What all branches together may take.
const SIZE_LIMIT: usize = 4 << 20;
const LEAST_SIZE: usize = 64 << 10;

/// So many places where a branch may begin are tried one by one. More are left to the regex: its time does not grow with them.
const TRIES: usize = 32;

impl Regex {
    pub fn compile(source: &str) -> Result<Self, Problem> {
        if let Some((at, c)) = source.chars().enumerate().find(|(_, c)| !allowed(*c)) {
            let says = if c.is_ascii() {
                format!(
                    "A regex can not contain {c:?} here. Write it as \\x{:02X}.",
                    u32::from(c)
                )
            } else {
                format!(
                    "A regex can not contain {c:?}: only ASCII characters are allowed. A period stands for any one."
                )
            };
            return Err(Problem::Character { at, says });
        }
        let syntax = |why: String| Problem::Syntax(format!("The regex can not be read: {why}."));
        let branches = translate(source).map_err(syntax)?;
        let size = (SIZE_LIMIT / branches.len().max(1)).max(LEAST_SIZE);
        let branches: Result<_, _> = branches.iter().map(|branch| Search::new(branch, size)).collect();
        Ok(Regex {
            source: source.to_owned(),
            branches: branches.map_err(|e| syntax(reason(&e)))?,
        })
    }

    /// As it was written, without the percent signs.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it is found anywhere in the text.
    pub fn is_in(&self, text: &str) -> bool {
        self.branches.iter().any(|branch| branch.is_in(text))
    }
}

impl Search {
    fn new(branch: &Branch, size: usize) -> Result<Self, regex::Error> {
        let finder = |text: &str| Finder::new(text).into_owned();
        if branch.plain {
            return Ok(Search::Text(Box::new(finder(&branch.runs.concat()))));
        }
        let build = |source: &str| regex::RegexBuilder::new(source).size_limit(size).build();
        let regex = build(&branch.rust)?;
        let here = if branch.prefixed {
            Some(build(&format!("^{}", branch.rust))?)
        } else {
            None
        };
        Ok(Search::Regex {
            needed: branch.runs.iter().map(|run| finder(run)).collect(),
            regex,
            here,
        })
    }

    fn is_in(&self, text: &str) -> bool {
        let (needed, regex, here) = match self {
            Search::Text(finder) => return finder.find(text.as_bytes()).is_some(),
            Search::Regex { needed, regex, here } => (needed, regex, here),
        };
        if needed.iter().any(|f| f.find(text.as_bytes()).is_none()) {
            return false;
        }
        let (Some(here), Some(prefix)) = (here, needed.first()) else {
            return regex.is_match(text);
        };
        let mut at = 0;
        for _ in 0..TRIES {
            let rest = text.get(at..).unwrap_or_default();
            let Some(found) = prefix.find(rest.as_bytes()) else {
                return false;
            };
            let rest = rest.get(found..).unwrap_or_default();
            if here.is_match(rest) {
                return true;
            }
            at += found + rest.chars().next().map_or(1, char::len_utf8);
        }
        regex.is_match_at(text, at)
    }
}

/// Letters, digits and signs that AWS lists; escapes are made of these, too.
fn allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || ":_#=@/;,- ^$?[]{}|\\*+.".contains(c)
}

fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "it is too large, use smaller numbers in braces".to_owned(),
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim().trim_start_matches("error: ").to_owned()
        }
    }
}

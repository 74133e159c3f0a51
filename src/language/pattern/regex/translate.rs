//! A pattern's regex written for the `regex` crate.

use std::iter::Peekable;
use std::str::Chars;

/// What stands between two `|`.
#[derive(Default)]
pub struct Branch {
    /// For the crate.
    pub rust: String,
    /// Nothing but characters that stand for themselves: those of the one run.
    pub plain: bool,
    /// The texts that are in any match, in this order.
    pub runs: Vec<String>,
    /// Every match begins with the first run.
    pub prefixed: bool,
    /// Whether the next character goes on with the last run.
    running: bool,
}

impl Branch {
    fn new() -> Self {
        Branch {
            plain: true,
            ..Branch::default()
        }
    }

    fn run(&mut self, c: char) {
        match self.runs.last_mut() {
            Some(run) if self.running => run.push(c),
            _ => {
                self.prefixed |= self.rust.is_empty();
                self.runs.push(c.to_string());
                self.running = true;
            }
        }
    }

    /// Something that is more than one character standing for itself.
    fn operator(&mut self, rust: &str) {
        self.plain = false;
        self.running = false;
        self.rust.push_str(rust);
    }
}

type Read<T> = Result<T, String>;
type Source<'a> = Peekable<Chars<'a>>;

pub fn translate(source: &str) -> Read<Vec<Branch>> {
    let mut chars = source.chars().peekable();
    let mut branches = Vec::new();
    let mut branch = Branch::new();
    while let Some(c) = chars.next() {
        let literal = match c {
            '|' => {
                branches.push(std::mem::replace(&mut branch, Branch::new()));
                continue;
            }
            '^' | '$' | '.' => {
                branch.operator(&c.to_string());
                continue;
            }
            '[' => {
                let class = class(&mut chars)?;
                branch.operator(&class);
                continue;
            }
            '?' | '*' | '+' | '{' => {
                let (rust, _) = repeat(c, &mut chars)?;
                branch.operator(&rust);
                continue;
            }
            '\\' => match escape(&mut chars)? {
                Escape::Literal(c) => c,
                Escape::Class(class) => {
                    branch.operator(class);
                    continue;
                }
            },
            c => c,
        };
        literal_with_repeats(&mut branch, literal, &mut chars)?;
    }
    branches.push(branch);
    Ok(branches)
}

fn literal_with_repeats(branch: &mut Branch, c: char, chars: &mut Source) -> Read<()> {
    let mut repeats = 0;
    let mut least = 1;
    let mut rust = String::new();
    while let Some(sign) = chars.next_if(|c| matches!(c, '?' | '*' | '+' | '{')) {
        let (text, min) = repeat(sign, chars)?;
        rust.push_str(&text);
        repeats += 1;
        // The second one may make the first lazy or repeat it: not worth telling apart.
        least = if repeats > 1 { 0 } else { min };
    }
    if least > 0 {
        branch.run(c);
    }
    push_literal(&mut branch.rust, c);
    if repeats > 0 {
        branch.operator(&rust);
    }
    Ok(())
}

fn push_literal(out: &mut String, c: char) {
    if c.is_ascii_alphanumeric() {
        out.push(c);
    } else {
        out.push_str(&format!("\\x{{{:x}}}", u32::from(c)));
    }
}

/// A repetition and how often at least. `{,n}` is `{0,n}`; a space inside the braces means nothing.
fn repeat(sign: char, chars: &mut Source) -> Read<(String, u32)> {
    match sign {
        '+' => return Ok((sign.to_string(), 1)),
        '?' | '*' => return Ok((sign.to_string(), 0)),
        _ => {}
    }
    let mut inside = String::new();
    loop {
        match chars.next() {
            Some('}') => break,
            Some(' ') => {}
            Some(c) => inside.push(c),
            None => return Err("a { is not closed; one that stands for itself is written \\{".to_owned()),
        }
    }
    let number = |text: &str| -> Read<u32> {
        let wrong = || {
            format!("{{{inside}}} is no number of repetitions; a {{ that stands for itself is written \\{{")
        };
        if text.bytes().all(|b| b.is_ascii_digit()) {
            text.parse().map_err(|_| wrong())
        } else {
            Err(wrong())
        }
    };
    match inside.split_once(',') {
        None => number(&inside).map(|n| (format!("{{{n}}}"), n)),
        Some((least, "")) => number(least).map(|n| (format!("{{{n},}}"), n)),
        Some((least, most)) => {
            let least = if least.is_empty() { 0 } else { number(least)? };
            let most = number(most)?;
            if least > most {
                return Err(format!("{{{inside}}} has the larger number first"));
            }
            Ok((format!("{{{least},{most}}}"), least))
        }
    }
}

enum Escape {
    Literal(char),
    Class(&'static str),
}

fn escape(chars: &mut Source) -> Read<Escape> {
    let Some(c) = chars.next() else {
        return Err("nothing stands behind the last backslash".to_owned());
    };
    Ok(match c {
        'd' => Escape::Class("[0-9]"),
        'D' => Escape::Class("[^0-9]"),
        's' => Escape::Class(r"[\t\n\x0b\x0c\r ]"),
        'S' => Escape::Class(r"[^\t\n\x0b\x0c\r ]"),
        'w' => Escape::Class("[0-9A-Za-z_]"),
        'W' => Escape::Class("[^0-9A-Za-z_]"),
        'x' => {
            let mut digit = || chars.next().and_then(|c| c.to_digit(16));
            match (digit(), digit()) {
                (Some(high), Some(low)) => Escape::Literal(char::from((high * 16 + low) as u8)),
                _ => return Err("two hexadecimal digits are expected behind \\x".to_owned()),
            }
        }
        c if c.is_ascii_alphanumeric() => {
            return Err(format!(
                "\\{c} is not known; there are \\d \\D \\s \\S \\w \\W and \\x with two digits"
            ));
        }
        c => Escape::Literal(c),
    })
}

/// Behind `[`. Whatever has a meaning of its own only in the crate's classes is written as a code.
fn class(chars: &mut Source) -> Read<String> {
    let mut out = "[".to_owned();
    if chars.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut first = true;
    loop {
        let c = match chars.next() {
            None => return Err("a [ is not closed; one that stands for itself is written \\[".to_owned()),
            Some(']') if !first => break,
            Some(c) => c,
        };
        first = false;
        let low = match c {
            '\\' => match escape(chars)? {
                Escape::Class(class) => {
                    out.push_str(class);
                    continue;
                }
                Escape::Literal(c) => c,
            },
            '-' => {
                push_literal(&mut out, '-');
                continue;
            }
            c => c,
        };
        push_literal(&mut out, low);
        if let Some(high) = range(chars)? {
            if high < low {
                return Err(format!("the range {low}-{high} has its larger end first"));
            }
            out.push('-');
            push_literal(&mut out, high);
        }
    }
    out.push(']');
    Ok(out)
}

/// The upper end of a range, when a `-` with an end follows.
fn range(chars: &mut Source) -> Read<Option<char>> {
    let mut ahead = chars.clone();
    if ahead.next() != Some('-') {
        return Ok(None);
    }
    let high = match ahead.next() {
        None | Some(']' | '-') => return Ok(None),
        Some('\\') => match escape(&mut ahead)? {
            Escape::Literal(c) => c,
            Escape::Class(_) => return Ok(None),
        },
        Some(c) => c,
    };
    *chars = ahead;
    Ok(Some(high))
}

//! The functions (CWL_QuerySyntax-operations-functions): one table of names, numbers of arguments and what they do.
//!
//! An absent argument, a map or a list gives nothing unless the function's line says otherwise; a value of a wrong type gives
//! nothing, never an error.

mod codec;
mod date;
mod digest;
mod json;
mod logic;
mod net;
mod number;
mod text;
mod time;
mod zones;

use super::value::Value;
use serde::{Deserialize, Serialize};

/// What is the same for all rows of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// Seconds since 1970.
    pub now: i64,
    /// The time range of the query in ms since 1970.
    pub start: i64,
    pub end: i64,
}

/// What a function makes of its arguments.
pub type Eval = for<'a> fn(&[Value<'a>], &Clock) -> Value<'a>;

/// How a function is evaluated.
#[derive(Clone, Copy)]
pub enum How {
    Plain(Eval),
    /// Only as much as is needed, or with an argument that is no value.
    IsPresent,
    If,
    Case,
    Coalesce,
    Bin,
    DateFloor,
    DateCeil,
    RegexReplace,
}

/// One function.
#[derive(Clone, Copy)]
pub struct Function {
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    pub least: usize,
    pub most: usize,
    pub how: How,
    /// The arguments as a person reads them.
    pub takes: &'static str,
}

const ANY: usize = usize::MAX;

const fn plain(name: &'static str, least: usize, most: usize, takes: &'static str, eval: Eval) -> Function {
    special(name, least, most, takes, How::Plain(eval))
}

const fn special(name: &'static str, least: usize, most: usize, takes: &'static str, how: How) -> Function {
    Function {
        name,
        aliases: &[],
        least,
        most,
        how,
        takes,
    }
}

const fn also(mut function: Function, aliases: &'static [&'static str]) -> Function {
    function.aliases = aliases;
    function
}

/// Every function that is no aggregate.
pub const FUNCTIONS: &[Function] = &[
    plain("abs", 1, 1, "number", number::abs),
    plain("ceil", 1, 1, "number", number::ceil),
    plain("floor", 1, 1, "number", number::floor),
    plain("sqrt", 1, 1, "number", number::sqrt),
    plain("log", 1, 1, "number", number::log),
    plain("round", 1, 2, "number, decimals", number::round),
    plain("greatest", 1, ANY, "number, …", number::greatest),
    plain("least", 1, ANY, "number, …", number::least),
    plain("haversine", 4, 4, "lat1, lon1, lat2, lon2", number::haversine),
    also(plain("toNumber", 1, 1, "value", number::to_number), &["toDouble"]),
    plain("toInt", 1, 1, "value", number::to_int),
    plain("toLong", 1, 1, "value", number::to_long),
    special("ispresent", 1, 1, "field", How::IsPresent),
    special("coalesce", 1, ANY, "value, …", How::Coalesce),
    special("if", 3, 3, "condition, value, value", How::If),
    special("case", 2, 21, "condition, value, …, default", How::Case),
    plain("isNumeric", 1, 1, "value", logic::is_numeric),
    plain("messageSize", 1, 1, "text", text::message_size),
    plain("strlen", 1, 1, "text", text::strlen),
    plain("queryStartTime", 0, 0, "", time::query_start),
    plain("queryEndTime", 0, 0, "", time::query_end),
    plain("queryTimeRange", 0, 0, "", time::query_range),
    plain("now", 0, 0, "", time::now),
    plain("isempty", 1, 1, "value", logic::is_empty),
    plain("isblank", 1, 1, "value", logic::is_blank),
    plain("concat", 1, ANY, "value, …", text::concat),
    plain("ltrim", 1, 2, "text, characters", text::ltrim),
    plain("rtrim", 1, 2, "text, characters", text::rtrim),
    plain("trim", 1, 2, "text, characters", text::trim),
    plain("toupper", 1, 1, "text", text::to_upper),
    plain("tolower", 1, 1, "text", text::to_lower),
    plain("substr", 2, 3, "text, start, length", text::substr),
    plain("replace", 3, 3, "text, search, replacement", text::replace),
    also(
        special(
            "regexReplace",
            3,
            3,
            "text, regex, replacement",
            How::RegexReplace,
        ),
        &["regex_replace"],
    ),
    plain("strcontains", 2, 3, "text, search, ignoreCase", text::contains),
    plain("startsWith", 2, 2, "text, start", text::starts_with),
    plain("endsWith", 2, 2, "text, end", text::ends_with),
    plain("urlencode", 1, 1, "text", codec::url_encode),
    plain("urldecode", 1, 1, "text", codec::url_decode),
    plain("base64encode", 1, 1, "text", codec::base64_encode),
    plain("base64decode", 1, 1, "text", codec::base64_decode),
    plain("split", 2, 2, "text, separator", text::split),
    plain("hexToAscii", 1, 1, "text", codec::hex_to_ascii),
    plain("hexToDec", 1, 1, "text", codec::hex_to_dec),
    plain("decToHex", 1, 1, "number", codec::dec_to_hex),
    plain("md5", 1, 1, "text", digest::md5),
    plain("sha256", 1, 1, "text", digest::sha256),
    plain("jsonParse", 1, 1, "text", json::parse),
    plain("jsonStringify", 1, 1, "map or list", json::stringify),
    plain("jsonArraySize", 1, 1, "list", json::array_size),
    plain("jsonArrayContains", 2, 2, "list, value", json::array_contains),
    plain("isValidIp", 1, 1, "text", net::is_ip),
    plain("isValidIpV4", 1, 1, "text", net::is_v4),
    plain("isValidIpV6", 1, 1, "text", net::is_v6),
    plain("isIpInSubnet", 2, 2, "address, subnet", net::in_subnet),
    plain("isIpv4InSubnet", 2, 2, "address, subnet", net::v4_in_subnet),
    plain("isIpv6InSubnet", 2, 2, "address, subnet", net::v6_in_subnet),
    plain("ipv4ToNumber", 1, 1, "address", net::v4_to_number),
    plain("isPrivateIP", 1, 1, "address", net::is_private),
    plain("isReservedIP", 1, 1, "address", net::is_reserved),
    plain("isPublicIP", 1, 1, "address", net::is_public),
    special("bin", 1, 1, "period", How::Bin),
    special("datefloor", 2, 2, "time, period", How::DateFloor),
    special("dateceil", 2, 2, "time, period", How::DateCeil),
    plain("fromMillis", 1, 1, "number", time::from_millis),
    plain("toMillis", 1, 1, "time", time::to_millis),
    plain("parseDate", 2, 3, "text, pattern, zone", time::parse_date),
    also(
        plain("formatDate", 2, 3, "time, pattern, zone", time::format_date),
        &["strftime"],
    ),
    plain("unmask", 1, 1, "field", logic::same),
];

/// A function by a name, in any case.
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|f| {
        std::iter::once(&f.name)
            .chain(f.aliases)
            .any(|n| n.eq_ignore_ascii_case(name))
    })
}

/// The text of an argument.
fn text_of<'v>(args: &'v [Value], at: usize) -> Option<std::borrow::Cow<'v, str>> {
    args.get(at)?.text()
}

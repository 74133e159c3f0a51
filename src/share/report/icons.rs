//! The signs beside statuses and severities. From Lucide (<https://lucide.dev>), ISC licence: see LICENSE-ICONS.

/// Id within the page and path (an SVG `d`, on a grid of 24 × 24, stroked) of each.
#[rustfmt::skip] // one icon, one line
pub const ICONS: [(&str, &str); 7] = [
    ("icon-circle-x", "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0zM15 9l-6 6M9 9l6 6"),
    ("icon-triangle-alert", "M21.73 18l-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3M12 9v4M12 17h.01"),
    ("icon-circle-check", "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0zM16 9l-5.5 5.5L8 12"),
    ("icon-circle-dashed", "M10.1 2.182a10 10 0 0 1 3.8 0M13.9 21.818a10 10 0 0 1-3.8 0M17.609 3.721a10 10 0 0 1 2.69 2.7M2.182 13.9a10 10 0 0 1 0-3.8M20.279 17.609a10 10 0 0 1-2.7 2.69M21.818 10.1a10 10 0 0 1 0 3.8M3.721 6.391a10 10 0 0 1 2.7-2.69M6.391 20.279a10 10 0 0 1-2.69-2.7"),
    ("icon-octagon-alert", "M12 16h.01M12 8v4M15.312 2a2 2 0 0 1 1.414.586l4.688 4.688A2 2 0 0 1 22 8.688v6.624a2 2 0 0 1-.586 1.414l-4.688 4.688a2 2 0 0 1-1.414.586H8.688a2 2 0 0 1-1.414-.586l-4.688-4.688A2 2 0 0 1 2 15.312V8.688a2 2 0 0 1 .586-1.414l4.688-4.688A2 2 0 0 1 8.688 2z"),
    ("icon-circle-alert", "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0zM12 8L12 12M12 16L12.01 16"),
    ("icon-info", "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0zM12 16v-4M12 8h.01"),
];

/// The sign of a status, by the name of its colour token.
pub fn of_status(status: &str) -> &'static str {
    match status {
        "red" => "icon-circle-x",
        "yellow" => "icon-triangle-alert",
        "ok" => "icon-circle-check",
        "none" => "icon-circle-dashed",
        _ => "icon-info",
    }
}

/// The sign of a severity, by the end of its token's name.
pub fn of_severity(severity: &str) -> &'static str {
    match severity {
        "critical" => "icon-octagon-alert",
        "high" => "icon-triangle-alert",
        "medium" => "icon-circle-alert",
        _ => "icon-info",
    }
}

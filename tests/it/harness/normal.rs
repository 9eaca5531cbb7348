//! Placeholders for what differs from run to run: ids, ports, durations, instants of Marketo's own, who holds a lock.
//!
//! Ids are numbered in the order of a text, so that it still shows which of them are the same.

use std::fmt::Write as _;

/// The text with its placeholders.
pub(crate) fn normal(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    let mut ids: Vec<&str> = Vec::new();
    while let Some(first) = rest.chars().next() {
        // A number in the middle of a word is no port and no duration.
        let whole = before.is_none_or(|before: char| !before.is_ascii_alphanumeric());
        let found = PLACEHOLDERS.iter().find_map(|(name, length)| {
            let length = length(rest).filter(|_| whole)?;
            Some((*name, length))
        });
        let (name, length) = found.unwrap_or((&rest[..first.len_utf8()], first.len_utf8()));
        normal.push_str(name);
        if name == GUID {
            let id = &rest[..length];
            let known = ids.iter().position(|known| *known == id);
            let number = known.unwrap_or_else(|| {
                ids.push(id);
                ids.len() - 1
            });
            write!(normal, "{}]", number + 1).expect("strings take all text");
        }
        before = rest[..length].chars().next_back();
        rest = &rest[length..];
    }
    // No source file should hold what a terminal obeys.
    normal.replace('\u{1b}', "[ESC]")
}

/// How long the thing at the beginning of a text is, if it is there.
type Length = fn(&str) -> Option<usize>;

const GUID: &str = "[GUID ";

const PLACEHOLDERS: &[(&str, Length)] = &[
    (GUID, guid),
    ("[DIGEST]", digest),
    ("plan (`[DIGITS]`)", first_digits),
    ("plan [DIGITS]", plan_digits),
    ("plan (`changed-[DIGITS]`)", first_digits_of_changes),
    ("plan changed-[DIGITS]", plan_digits_of_changes),
    ("plan ledger-[DIGITS]", plan_digits_of_ledger),
    ("plan snapshot-[DIGITS]", plan_digits_of_snapshot),
    ("[RUN]", run),
    ("[RUN]", run_beginning),
    ("[REQUEST]", request),
    ("127.0.0.1:[PORT]", address),
    ("[INSTANCE]", folder),
    ("in [SECONDS] s", duration),
    ("[MIDNIGHT]", midnight),
    ("[MIDNIGHT]", midnight_in_words),
    ("[NOW]", now),
    ("[WHEN]", when),
    ("until [TIME]", until),
    ("([DAY])", day_of_commit),
    ("on [DAY]", on_day),
    ("edited [DAY]", edited),
    ("on [HOST] (process [PID], owner [OWNER])", owner),
    ("--owner [OWNER]", owner_flag),
    ("process [PID] uses", user),
    ("answered in [TIME]", answered),
    ("renewed in [TIME]", renewed),
];

/// `2b1653e6-b13e-4b44-a020-bfc0c28f5cc7`
fn guid(text: &str) -> Option<usize> {
    let guid = text.get(..36)?;
    let fits = guid.bytes().enumerate().all(|(index, byte)| match index {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    fits.then_some(36)
}

/// `980bf289e6cbd3833e8ef1e3bb57d1db`, the digest of a plan: that of an instance, which is another one in each run.
fn digest(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_hexdigit).count();
    (digits == 32).then_some(digits)
}

/// The first digits of the digest of a plan, where a page names it.
fn first_digits(text: &str) -> Option<usize> {
    let (digits, _) = text.strip_prefix("plan (`")?.split_once("`)")?;
    (digits.len() == 8 && is_hexadecimal(digits)).then_some("plan (``)".len() + digits.len())
}

/// The same where the first line of a text names it.
fn plan_digits(text: &str) -> Option<usize> {
    let digits = text.strip_prefix("plan ")?.get(..8)?;
    let rest = &text["plan ".len() + digits.len()..];
    let ends = rest.starts_with([' ', '\n', '.', ';']);
    (is_hexadecimal(digits) && ends).then_some("plan ".len() + digits.len())
}

/// The same of a plan of changed records.
fn first_digits_of_changes(text: &str) -> Option<usize> {
    let digits = text.strip_prefix("plan (`changed-")?;
    first_digits(&format!("plan (`{digits}")).map(|length| length + "changed-".len())
}

/// The same where the first line of a text names it.
fn plan_digits_of_changes(text: &str) -> Option<usize> {
    let digits = text.strip_prefix("plan changed-")?.get(..9)?;
    plan_digits(&format!("plan {digits}")).map(|length| length + "changed-".len())
}

/// The same of a plan as last applied.
fn plan_digits_of_ledger(text: &str) -> Option<usize> {
    let digits = text.strip_prefix("plan ledger-")?.get(..9)?;
    plan_digits(&format!("plan {digits}")).map(|length| length + "ledger-".len())
}

/// The same of a plan from a snapshot.
fn plan_digits_of_snapshot(text: &str) -> Option<usize> {
    let digits = text.strip_prefix("plan snapshot-")?.get(..9)?;
    plan_digits(&format!("plan {digits}")).map(|length| length + "snapshot-".len())
}

/// `20261129T182021306`, the beginning of the name of a run, in a table.
fn run_beginning(text: &str) -> Option<usize> {
    let beginning = text.get(..18)?;
    let fits = beginning
        .bytes()
        .enumerate()
        .all(|(index, byte)| match index {
            8 => byte == b'T',
            _ => byte.is_ascii_digit(),
        });
    (fits && text[18..].starts_with([' ', ':'])).then_some(18)
}

/// `2026-11-29 18:57`, a minute of these days.
fn when(text: &str) -> Option<usize> {
    let minute = text.get(..16)?;
    let is_today = is_near(minute.get(..10)?);
    let is_time = minute.as_bytes()[10] == b' ' && minute.as_bytes()[13] == b':';
    let is_end = |c: char| c.is_whitespace() || ",;".contains(c);
    let ends = text[16..].chars().next().is_none_or(is_end);
    (is_today && is_time && ends).then_some(16)
}

/// `e42b#14272d07d78`
fn request(text: &str) -> Option<usize> {
    let (number, rest) = text.split_once('#')?;
    let hexadecimal = |byte: &u8| byte.is_ascii_hexdigit();
    let time = rest.bytes().take_while(hexadecimal).count();
    let fits = !number.is_empty() && number.bytes().all(|byte| hexadecimal(&byte)) && time >= 10;
    fits.then_some(number.len() + 1 + time)
}

/// `127.0.0.1:45311`
fn address(text: &str) -> Option<usize> {
    let host = "127.0.0.1:";
    let digits = text.strip_prefix(host)?.bytes();
    let port = digits.take_while(u8::is_ascii_digit).count();
    // Ports that a test chose itself are short.
    (port > 3).then_some(host.len() + port)
}

/// `in 0.3 s`
fn duration(text: &str) -> Option<usize> {
    let number = text.strip_prefix("in ")?;
    let digits = number
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || *byte == b'.')
        .count();
    let fits = digits > 0 && number[digits..].starts_with(" s");
    fits.then_some("in ".len() + digits + " s".len())
}

/// A midnight of US Central that is near.
fn midnight(text: &str) -> Option<usize> {
    let instant = text.get(..20)?;
    let (day, time) = instant.split_at_checked(11)?;
    let day_before = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24);
    let is_near = (0..4).any(|days| {
        let near = day_before + jiff::SignedDuration::from_hours(24 * days);
        near.strftime("%Y-%m-%dT").to_string() == day
    });
    (is_near && ["05:00:00Z", "06:00:00Z"].contains(&time)).then_some(20)
}

/// The same in words: `2026-11-30 06:00 UTC`.
fn midnight_in_words(text: &str) -> Option<usize> {
    let (day, time) = text.get(..20)?.split_at_checked(10)?;
    let is_reset = [" 05:00 UTC", " 06:00 UTC"].contains(&time);
    (is_reset && is_near(day)).then_some(20)
}

/// An instant of these days: Marketo's own fields and the ledger have those, and no manifest of the tests has one.
fn now(text: &str) -> Option<usize> {
    let day = text.get(..10).filter(|day| is_near(day))?;
    let time = text[day.len()..].strip_prefix(['T', ' '])?;
    is_time(time.get(..8)?).then_some(())?;
    let fraction = time[8..].bytes();
    let fraction = fraction.take_while(|byte| byte.is_ascii_digit() || *byte == b'.');
    let length = "2026-01-01T00:00:00".len() + fraction.count();
    text[length..].starts_with('Z').then_some(length + 1)
}

/// `until 01:56:16Z`
fn until(text: &str) -> Option<usize> {
    let time = text.strip_prefix("until ")?.get(..9)?.strip_suffix('Z')?;
    is_time(time).then_some("until ".len() + 9)
}

/// `(2026-11-22)`, behind a commit
fn day_of_commit(text: &str) -> Option<usize> {
    let day = text.strip_prefix('(')?.get(..11)?.strip_suffix(')')?;
    is_near(day).then_some(12)
}

/// `on 2026-11-22`
fn on_day(text: &str) -> Option<usize> {
    let day = text.strip_prefix("on ")?.get(..10)?;
    is_near(day).then_some("on ".len() + 10)
}

/// `edited 2026-11-22`
fn edited(text: &str) -> Option<usize> {
    let day = text.strip_prefix("edited ")?.get(..10)?;
    is_near(day).then_some("edited ".len() + 10)
}

/// `on HOST (process 4711, owner 0123456789abcdef)`
fn owner(text: &str) -> Option<usize> {
    let (host, rest) = text.strip_prefix("on ")?.split_once(" (process ")?;
    let (process, rest) = rest.split_once(", owner ")?;
    let id = rest.get(..17)?.strip_suffix(')')?;
    let fits = !host.contains(char::is_whitespace)
        && process.bytes().all(|byte| byte.is_ascii_digit())
        && is_hexadecimal(id);
    let parts = ["on ", host, " (process ", process, ", owner ", id, ")"];
    fits.then(|| parts.iter().map(|part| part.len()).sum())
}

/// `process 4711 uses`
fn user(text: &str) -> Option<usize> {
    let (id, _) = text.strip_prefix("process ")?.split_once(' ')?;
    let end = text.find(" uses")? + " uses".len();
    let fits = id.bytes().all(|byte| byte.is_ascii_digit());
    (fits && end == "process ".len() + id.len() + " uses".len()).then_some(end)
}

/// `--owner 0123456789abcdef`
fn owner_flag(text: &str) -> Option<usize> {
    let id = text.strip_prefix("--owner ")?.get(..16)?;
    is_hexadecimal(id).then_some("--owner ".len() + 16)
}

/// `127-0-0-1-45311-6109becf` or `simulator-af8f3a5a`: what an instance's folder of a ledger is called.
fn folder(text: &str) -> Option<usize> {
    let host = match text.strip_prefix("127-0-0-1-") {
        Some(rest) => text.len() - rest.split_once('-')?.1.len(),
        None => text
            .starts_with("simulator-")
            .then_some("simulator-".len())?,
    };
    let hash = text.get(host..host + 8)?;
    is_hexadecimal(hash).then_some(host + 8)
}

/// Whether this is the date of yesterday, today or tomorrow.
fn is_near(day: &str) -> bool {
    let now = jiff::Timestamp::now();
    (-1..=1).any(|days| {
        let near = now + jiff::SignedDuration::from_hours(24 * days);
        near.strftime("%Y-%m-%d").to_string() == day
    })
}

/// Whether this reads like `01:56:16`.
fn is_time(text: &str) -> bool {
    let mut bytes = text.bytes().enumerate();
    bytes.all(|(index, byte)| match index {
        2 | 5 => byte == b':',
        _ => byte.is_ascii_digit(),
    })
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The name of a run: `20261121T083000123Z-5f0e77aa`
fn run(text: &str) -> Option<usize> {
    let name = text.get(..28)?;
    let fits = name.bytes().enumerate().all(|(index, byte)| match index {
        8 => byte == b'T',
        18 => byte == b'Z',
        19 => byte == b'-',
        20.. => byte.is_ascii_hexdigit(),
        _ => byte.is_ascii_digit(),
    });
    fits.then_some(28)
}

/// `answered in 41 ms`
fn answered(text: &str) -> Option<usize> {
    let digits = text.strip_prefix("answered in ")?;
    let (number, _) = digits.split_once(" ms")?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some("answered in ".len() + number.len() + " ms".len())
}

/// `renewed in 4 h 17 min`, up to the end of the line
fn renewed(text: &str) -> Option<usize> {
    text.starts_with("renewed in ")
        .then(|| text.find('\n').unwrap_or(text.len()))
}

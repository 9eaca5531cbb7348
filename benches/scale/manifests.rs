//! The project that is measured: manifests of about 140 bytes a record, the same for the same size every time.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::{fs, io};

const STAGES: [&str; 6] = [
    "Prospecting",
    "Qualification",
    "Proposal",
    "Negotiation",
    "Closed Won",
    "Closed Lost",
];

/// A folder with a configuration and one manifest.
pub(crate) struct Project {
    config: PathBuf,
    pub(crate) file: PathBuf,
    /// The leads of the roles, if there are any.
    pub(crate) leads: Option<PathBuf>,
    size: usize,
    pub(crate) bytes: usize,
}

/// The calls in 20 s of a client that nothing limits.
pub(crate) const NO_LIMIT: usize = 1_000_000;

/// Those that Marketo allows.
pub(crate) const MARKETO_CALLS: usize = 100;

/// How many leads have the roles between them.
const LEADS: usize = 1_000;

/// The calls of the first apply of so many opportunities, and the seconds that they take at least: the token and the descriptions
/// of the fields, one to ask what the day has left, and for each 300 records one to read and one to write them.
pub(crate) fn least_of_an_apply(size: usize) -> (usize, usize) {
    let calls = 4 + 2 * size.div_ceil(300);
    (calls, (calls - 1) / MARKETO_CALLS * 20)
}

impl Project {
    /// Writes the manifest and a configuration below `folder`.
    pub(crate) fn create(folder: &Path, size: usize, has_roles: bool) -> io::Result<Self> {
        let file = folder.join("opportunities.yaml");
        let text = manifest(0..size, has_roles, |_| false);
        fs::write(&file, &text)?;
        let leads = folder.join("leads.yaml");
        let leads = has_roles.then_some(leads);
        if let Some(leads) = &leads {
            fs::write(leads, leads_file())?;
        }
        let project = Self {
            config: folder.join("oppctl.yaml"),
            file,
            leads,
            size,
            bytes: text.len(),
        };
        project.configure(9, NO_LIMIT)?;
        Ok(project)
    }

    /// Writes the same records as so many manifests of equal size.
    pub(crate) fn create_split(
        folder: &Path,
        size: usize,
        has_roles: bool,
        files: usize,
    ) -> io::Result<()> {
        let manifests = folder.join("m");
        fs::create_dir_all(&manifests)?;
        let of_each = size.div_ceil(files);
        for file in 0..files {
            let records = (file * of_each).min(size)..((file + 1) * of_each).min(size);
            let text = manifest(records, has_roles, |_| false);
            fs::write(manifests.join(format!("{file:04}.yaml")), text)?;
        }
        let text = configuration("m/*.yaml", 9, NO_LIMIT);
        fs::write(folder.join("oppctl.yaml"), text)
    }

    /// Points the configuration at an instance on this port, with this limit of calls in 20 s.
    pub(crate) fn configure(&self, port: u16, calls_per_20s: usize) -> io::Result<()> {
        let text = configuration("opportunities.yaml", port, calls_per_20s);
        fs::write(&self.config, text)
    }

    /// Gives every hundredth record another amount.
    pub(crate) fn change_one_in_a_hundred(&self) -> io::Result<()> {
        let has_roles = self.leads.is_some();
        let text = manifest(0..self.size, has_roles, |index| index % 100 == 0);
        fs::write(&self.file, text)
    }
}

fn configuration(manifests: &str, port: u16, calls_per_20s: usize) -> String {
    format!(
        "version: 1\n\
         manifests: ['{manifests}']\n\
         instances:\n  \
           measured:\n    \
             baseUrl: http://127.0.0.1:{port}\n    \
             credentials: {{ clientId: {{ env: BENCH_ID }}, clientSecret: {{ env: BENCH_SECRET }} }}\n\
         limits: {{ callsPer20s: {calls_per_20s}, concurrency: 5 }}\n"
    )
}

fn leads_file() -> String {
    let mut text = String::from("leads:\n");
    for id in 1..=LEADS {
        writeln!(text, "  - {{ id: {id}, email: lead{id}@example.com }}")
            .expect("strings take all text");
    }
    text
}

fn manifest(records: Range<usize>, has_roles: bool, is_changed: impl Fn(usize) -> bool) -> String {
    let mut text = String::from("version: 1\nopportunities:\n");
    for index in records {
        let number = index + 1;
        let stage = STAGES[index % STAGES.len()];
        let amount = 500 + index * 7919 % 90_000 + usize::from(is_changed(index));
        let cents = index * 37 % 100;
        let (month, day) = (index % 12 + 1, index % 28 + 1);
        write!(
            text,
            "  - externalOpportunityId: LARGE-{number:07}\n    \
                 name: Renewal of contract {number}\n    \
                 stage: {stage}\n    \
                 amount: {amount}.{cents:02}\n    \
                 closeDate: 2027-{month:02}-{day:02}\n"
        )
        .expect("strings take all text");
        if has_roles {
            let lead = index % LEADS + 1;
            writeln!(text, "    roles: [ {{ leadId: {lead}, role: Champion }} ]")
                .expect("strings take all text");
        }
    }
    text
}

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
    size: usize,
    pub(crate) bytes: usize,
}

impl Project {
    /// Writes the manifest and a configuration below `folder`.
    pub(crate) fn create(folder: &Path, size: usize) -> io::Result<Self> {
        let file = folder.join("opportunities.yaml");
        let text = manifest(0..size, |_| false);
        fs::write(&file, &text)?;
        let project = Self {
            config: folder.join("oppctl.yaml"),
            file,
            size,
            bytes: text.len(),
        };
        project.configure(9)?;
        Ok(project)
    }

    /// Writes the same records as so many manifests of equal size.
    pub(crate) fn create_split(folder: &Path, size: usize, files: usize) -> io::Result<()> {
        let manifests = folder.join("m");
        fs::create_dir_all(&manifests)?;
        let of_each = size.div_ceil(files);
        for file in 0..files {
            let records = (file * of_each).min(size)..((file + 1) * of_each).min(size);
            let text = manifest(records, |_| false);
            fs::write(manifests.join(format!("{file:04}.yaml")), text)?;
        }
        let text = configuration("m/*.yaml", 9);
        fs::write(folder.join("oppctl.yaml"), text)
    }

    /// Points the configuration at an instance on this port.
    pub(crate) fn configure(&self, port: u16) -> io::Result<()> {
        fs::write(&self.config, configuration("opportunities.yaml", port))
    }

    /// Gives every hundredth record another amount.
    pub(crate) fn change_one_in_a_hundred(&self) -> io::Result<()> {
        fs::write(&self.file, manifest(0..self.size, |index| index % 100 == 0))
    }
}

fn configuration(manifests: &str, port: u16) -> String {
    format!(
        "version: 1\n\
         manifests: ['{manifests}']\n\
         instances:\n  \
           measured:\n    \
             baseUrl: http://127.0.0.1:{port}\n    \
             credentials: {{ clientId: {{ env: BENCH_ID }}, clientSecret: {{ env: BENCH_SECRET }} }}\n\
         limits: {{ callsPer20s: 1000000, concurrency: 5 }}\n"
    )
}

fn manifest(records: Range<usize>, is_changed: impl Fn(usize) -> bool) -> String {
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
    }
    text
}

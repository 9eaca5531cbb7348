//! What reads bytes that somebody else wrote: each function takes any bytes and has to come back, without a panic, soon, and
//! with memory in proportion. The fuzzer calls them, and so does `cargo test` with the inputs that are kept and with mutations of them.

use std::fs;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use oppctl::api::{
    ApiError, Client, ClientSettings, Counted, Filter, MaxTries, Period, Retry, encode,
};
use oppctl::config::LoadedConfig;
use oppctl::journal;
use oppctl::ledger::{Fingerprint, Store};
use oppctl::model::kind::KINDS;
use oppctl::model::{
    DataType, Field, Key, KeyPart, KeyType, KeyValue, ObjectKind, Schema, Value, Verb,
};
use oppctl::plan::{Difference, OtherRuns, file};
use oppctl::store::Location;
use oppctl::{manifest, render};
use sha2::{Digest as _, Sha256};
use tokio::runtime::{Builder, Runtime};

/// A function that takes any bytes.
pub(crate) type Target = fn(&[u8]);

/// All of them, with the names that their inputs are kept under.
pub(crate) const TARGETS: [(&str, Target); 6] = [
    ("manifests", manifests),
    ("config", config),
    ("plans", plans),
    ("journals", journals),
    ("ledgers", ledgers),
    ("replies", replies),
];

/// Manifests, and what is said of their mistakes.
pub(crate) fn manifests(bytes: &[u8]) {
    let reading = manifest::read([(PathBuf::from("fuzzed.yaml"), bytes.to_vec())]);
    for styled in [false, true] {
        let mut out = Vec::new();
        render::diagnostics(
            &reading.sources,
            &reading.diagnostics,
            oppctl::model::Invocation::plain(),
            &mut out,
            styled,
        )
        .expect("memory can be written");
    }
}

/// Configurations, and what is said of their mistakes.
pub(crate) fn config(bytes: &[u8]) {
    let folder = folder();
    let file = folder.join("oppctl.yaml");
    fs::write(&file, bytes).expect("the folder is there");
    match LoadedConfig::load(&folder, Some(&file)) {
        Ok(loaded) => drop(black_box(loaded.instance(None))),
        Err(error) => drop(black_box(error.to_string())),
    }
}

/// Saved plans, shown and compared.
pub(crate) fn plans(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match file::read(text) {
        Ok(saved) => {
            let mut out = String::new();
            let difference = Difference::of(&saved.changes, &[]);
            render::difference(&difference, &mut out).expect("a string takes all text");
            assert!(
                Difference::of(&saved.changes, &saved.changes).is_empty(),
                "a plan is like itself"
            );
        }
        Err(error) => drop(black_box(error.to_string())),
    }
}

/// Journals.
pub(crate) fn journals(bytes: &[u8]) {
    match journal::read(&mut &*bytes, Path::new("fuzzed.jsonl")) {
        Ok(Some(run)) => {
            let forced = ["name".to_owned()];
            let mut others = OtherRuns::default();
            run.add_to(&mut others);
            black_box((run.tally(), run.to_undo(&forced, &others)));
        }
        Ok(None) => {}
        Err(error) => drop(black_box(error.to_string())),
    }
}

/// Objects of a ledger, with a last line that fits: without it hardly any would be read to the end. What is read and written
/// again is the same.
pub(crate) fn ledgers(bytes: &[u8]) {
    let text = signed(bytes);
    runtime().block_on(async {
        let fingerprint = Fingerprint::remote("https://123-ABC-456.mktorest.com");
        let folder = folder().join("ledger");
        drop(fs::remove_dir_all(&folder));
        let objects = folder.join(fingerprint.as_str()).join("ledger");
        fs::create_dir_all(&objects).expect("there is room");
        fs::write(objects.join("00000001.jsonl"), text).expect("the folder is there");
        let location = Location::Directory(folder);
        let store = Store::open(&location, fingerprint).expect("a folder needs no settings");
        match store.load().await {
            Ok(loaded) => {
                let number = store.save(&loaded.ledger, loaded.number).await;
                let again = store.load().await.expect("it was just written");
                assert_eq!(number.expect("nobody else writes"), again.number);
                assert_eq!(again.ledger, loaded.ledger);
            }
            Err(error) => drop(black_box(error.to_string())),
        }
    });
}

fn signed(bytes: &[u8]) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    if lines
        .last()
        .is_some_and(|line| line.starts_with(b"{\"sha256\""))
    {
        lines.pop();
    }
    let mut text = lines.concat();
    let hash = Sha256::digest(&text);
    let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    text.extend(format!("{{\"sha256\":\"{digits}\"}}\n").bytes());
    text
}

/// Replies of the API: the first byte says to which call, the rest is the body.
pub(crate) fn replies(bytes: &[u8]) {
    let Some((call, body)) = bytes.split_first() else {
        return;
    };
    let kind = KINDS[usize::from(call / 8) % KINDS.len()];
    SERVER.set(body);
    runtime().block_on(async {
        let client = client(SERVER.port);
        let told = match call % 8 {
            0 => client.describe(kind).await.map(drop),
            1 => client.fields(kind).await.map(drop),
            2 => client.leads("email", &["ada@example.com"]).await.map(drop),
            3 => client.leads_by_id(&[1], "email").await.map(drop),
            4 => client.usage(Counted::Calls, Period::Today).await.map(drop),
            5 => write(&client, kind).await,
            _ => query(&client, kind).await,
        };
        drop(told.map_err(|error| error.to_string()));
    });
}

/// A query of every data type by keys, which is how records are observed.
async fn query(client: &Client, kind: &'static ObjectKind) -> Result<(), ApiError> {
    let types = [
        DataType::Boolean,
        DataType::Currency,
        DataType::Date,
        DataType::Datetime,
        DataType::Integer,
        DataType::Percent,
        DataType::String,
        DataType::Other("later".into()),
    ];
    let field = |data_type: DataType| Field {
        name: data_type.name().into(),
        data_type,
        length: None,
        updateable: true,
        sensitive: false,
    };
    let fields: Vec<Field> = types.into_iter().map(field).collect();
    let names: Vec<Arc<str>> = fields.iter().map(|field| Arc::clone(&field.name)).collect();
    let schema = Schema::new(kind, fields);
    let filter = Filter::Keys(&[&key(kind)]);
    client.query(&schema, &filter, &names).await.map(drop)
}

async fn write(client: &Client, kind: &'static ObjectKind) -> Result<(), ApiError> {
    let none: [(&str, &Value); 0] = [];
    let record = encode::create(kind, &key(kind), none);
    let written = client
        .write(kind, Verb::Create, &[record], &|| true)
        .await
        .map_err(|failed| failed.error)?;
    assert_eq!(written.rows.len(), 1, "a row for each record that was sent");
    Ok(())
}

fn key(kind: &ObjectKind) -> Key {
    let part = |part: &KeyPart| match part.holds {
        KeyType::Text { .. } => KeyValue::Text("K".into()),
        KeyType::Lead { .. } => KeyValue::Lead(1),
    };
    Key::new(kind.key.iter().map(part).collect())
}

fn client(port: u16) -> Client {
    let secret = || "simulator".to_owned().into();
    let mut settings = ClientSettings::new(format!("http://127.0.0.1:{port}"), secret(), secret());
    settings.retry = Retry {
        base: Duration::ZERO,
        cap: Duration::ZERO,
        tries: MaxTries {
            renew: 1,
            slow_down: 1,
            unexecuted: 1,
            ambiguous: 1,
        },
    };
    Client::new(settings).expect("the address is one")
}

/// One thread for all that waits.
fn runtime() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder
        .enable_all()
        .build()
        .expect("the machine has room for a runtime")
}

/// A folder of this process.
fn folder() -> PathBuf {
    static FOLDER: LazyLock<tempfile::TempDir> =
        LazyLock::new(|| tempfile::tempdir().expect("there is room for temporary files"));
    let thread = format!("{:?}", thread::current().id());
    let folder = FOLDER.path().join(thread);
    fs::create_dir_all(&folder).expect("the folder above is there");
    folder
}

/// An instance that gives a token to everybody, and to every other call the answer that was set.
struct Server {
    port: u16,
    body: Arc<Mutex<Vec<u8>>>,
}

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
        let port = listener.local_addr().expect("it is bound").port();
        let body = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&body);
        drop(thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let body = Arc::clone(&shared);
                drop(thread::spawn(move || serve(stream, &body)));
            }
        }));
        Self { port, body }
    }

    fn set(&self, body: &[u8]) {
        *self.body.lock().unwrap_or_else(PoisonError::into_inner) = body.to_vec();
    }
}

const TOKEN: &[u8] = br#"{"access_token":"t","token_type":"bearer","expires_in":3599,"scope":"s"}"#;

/// Answers until the other side hangs up.
fn serve(mut stream: TcpStream, body: &Mutex<Vec<u8>>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).ok()? == 0 {
            return None;
        }
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
        }
        reader
            .by_ref()
            .take(length)
            .read_to_end(&mut Vec::new())
            .ok()?;
        let body = if first.contains("/identity/") {
            TOKEN.to_vec()
        } else {
            body.lock().unwrap_or_else(PoisonError::into_inner).clone()
        };
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=UTF-8\r\n";
        let length = format!("{head}Content-Length: {}\r\n\r\n", body.len());
        stream
            .write_all(&[length.as_bytes(), &body].concat())
            .ok()?;
    }
}

//! The state that all calls share, created from the options and the files that they name.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use redb::Database;

use crate::simulator::answers::Answers;
use crate::simulator::clock::SimulatedClock;
use crate::simulator::error::SimulatorError;
use crate::simulator::faults::fault::Faults;
use crate::simulator::files;
use crate::simulator::files::leads::seed;
use crate::simulator::instance::meter::Meter;
use crate::simulator::instance::profile::InstanceProfile;
use crate::simulator::instance::schema::InstanceSchemas;
use crate::simulator::instance::tokens::TokenIssuer;
use crate::simulator::instance::users::ApiUser;
use crate::simulator::options::{Credentials, Options, TimeOuts};
use crate::simulator::records::listed::adopt;
use crate::simulator::records::rules::Rules;
use crate::simulator::store::record::KeyFolding;
use crate::simulator::store::record_store::RecordStore;
use crate::simulator::wire::call_log::CallLog;
use crate::simulator::wire::ignored::IgnoredMembers;

/// The state that all calls share.
pub(in crate::simulator) struct ServerState {
    /// Tells this instance from every other; stored with its records.
    pub id: String,
    /// `None` after the shutdown.
    pub store: RwLock<Option<RecordStore>>,
    /// Running calls hold it for reading, so the shutdown, which takes it for writing, waits for them.
    pub running: tokio::sync::RwLock<()>,
    pub answers: Answers,
    pub schemas: InstanceSchemas,
    pub instance: InstanceProfile,
    pub tokens: TokenIssuer,
    pub meter: Arc<Meter>,
    pub faults: Faults,
    pub calls: CallLog,
    pub ignored: IgnoredMembers,
    pub clock: SimulatedClock,
    pub latency: Duration,
    pub time_outs: TimeOuts,
    /// Whether calls are executed on the thread where they arrive, in the order of their arrival.
    /// Only tests set it.
    pub inline: bool,
    /// The number of the next request.
    pub requests: AtomicU64,
}

impl ServerState {
    /// Reads the files and opens the store.
    pub(in crate::simulator) fn open(
        options: Options,
        database: Database,
    ) -> Result<Self, SimulatorError> {
        let Options {
            data,
            leads,
            schema,
            listen: _,
            users,
            faults,
            control: _,
            answers,
            crm,
            limits,
            latency,
            time_outs,
            credentials,
            clock,
            token_life,
            ignored,
        } = options;
        let mut schemas = InstanceSchemas::standard(&answers);
        if let Some(path) = schema {
            files::schema::extend(&mut schemas, &path)?;
        }
        let users = files::users::load(credentials, users.as_deref())?;
        let waiting = Faults::default();
        if let Some(path) = faults {
            for fault in files::faults::load(&path)? {
                waiting.push(fault);
            }
        }
        let seeding = Rules {
            answers: &answers,
            schema: schemas.lead(),
            instance: &InstanceProfile::default(),
            user: &ApiUser::unlimited(Credentials::default()),
            now: clock.now(),
        };
        let store =
            RecordStore::open(
                database,
                &data,
                KeyFolding::of(&answers),
                |writer| match &leads {
                    Some(path) => seed(path, seeding, &schemas, writer),
                    None => Ok(()),
                },
            )?;
        adopt(&store, clock.now())?;
        Ok(Self {
            id: store.id()?,
            instance: InstanceProfile::load(crm, &store)?,
            meter: Meter::new(limits, store.history()?),
            store: RwLock::new(Some(store)),
            running: tokio::sync::RwLock::new(()),
            answers,
            schemas,
            tokens: TokenIssuer::new(users, token_life),
            faults: waiting,
            calls: CallLog::default(),
            ignored: IgnoredMembers::new(ignored),
            clock,
            latency,
            time_outs,
            inline: false,
            requests: AtomicU64::new(fastrand::u64(..0x10_0000)),
        })
    }

    /// Waits for `pause`, unless it is zero.
    pub(in crate::simulator) async fn pause(&self, pause: Duration) {
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }

    /// Two hexadecimal numbers, as in the documentation's samples; the first is unique.
    pub(in crate::simulator) fn request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("{number:x}#{:x}", self.clock.now().as_millisecond())
    }
}

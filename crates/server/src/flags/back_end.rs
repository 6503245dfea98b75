use crate::{config::ConfigError, records::RecordsKind};
use clap::Args;
use std::path::Path;

/// What back ends get of calls.
#[derive(Clone, Args)]
pub struct BackEndFlags {
    /// Address of the admin port, HOST:PORT: the REST interface (described at /openapi.json there) by which back ends look
    /// up calls, end them, and so on. Needs an admin key. It speaks plain HTTP: keep it in your own network.
    #[arg(long, env = "CALL_SERVER_ADMIN", value_name = "HOST:PORT")]
    pub admin: Option<String>,

    /// A key for the admin port and the app it is for, 16 characters or more. May be given several times, or as a
    /// comma-separated list. With --dev one is made and kept in dev.json.
    #[arg(
        long = "admin-key",
        env = "CALL_SERVER_ADMIN_KEYS",
        value_name = "ID:KEY",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub admin_keys: Vec<String>,

    /// A user whose userSig opens the vendor's interface for call records, /v4/call_record_http_srv. May be given several
    /// times, or as a comma-separated list.
    #[arg(long = "administrator", env = "CALL_SERVER_ADMINISTRATORS", value_name = "ID:USER", value_delimiter = ',')]
    pub administrators: Vec<String>,

    /// Where the records of calls that ended are kept: postgres://USER:PASSWORD@HOST/NAME, which several servers may share,
    /// or off. Without it: in the data folder, if --data is given and calls are kept there, else nowhere.
    #[arg(long, env = "CALL_SERVER_RECORDS", value_name = "URL", hide_env_values = true)]
    pub records: Option<String>,

    /// For how many days records are kept.
    #[arg(long, env = "CALL_SERVER_RECORDS_DAYS", value_name = "DAYS", default_value = "90", value_parser = clap::value_parser!(u32).range(1..=36500))]
    pub records_days: u32,

    /// Where the news of calls is posted: ringing, started, accepted, missed, ended. For every app that has no webhook of its
    /// own in --apps-file. Needs records.
    #[arg(long, env = "CALL_SERVER_WEBHOOK", value_name = "URL")]
    pub webhook: Option<String>,

    /// What webhooks are signed with: whsec_ and base64 as in Standard Webhooks, or any other text.
    #[arg(long, env = "CALL_SERVER_WEBHOOK_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub webhook_secret: Option<String>,
}

impl BackEndFlags {
    /// `data`: the folder in which calls are kept, if they are.
    pub fn records(&self, data: Option<&Path>) -> Result<RecordsKind, ConfigError> {
        match self.records.as_deref() {
            None => Ok(data.map_or(RecordsKind::Off, |dir| RecordsKind::Sqlite(dir.to_owned()))),
            Some("off") => Ok(RecordsKind::Off),
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(RecordsKind::Postgres(url.to_owned()))
            }
            Some(_) => Err(ConfigError::BadRecords),
        }
    }
}

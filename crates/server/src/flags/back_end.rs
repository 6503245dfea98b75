use crate::{
    auth::{Admins, AppKeys, FileApp},
    config::{Config, ConfigError},
    dev::Dev,
    records::RecordsKind,
    webhooks::WebhookTarget,
};
use call_core::AppId;
use clap::Args;
use hyper::Uri;
use std::{path::Path, time::Duration};

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
    pub fn apply(
        self,
        config: &mut Config,
        apps: &[AppKeys],
        in_file: &[FileApp],
        dev: Option<&Dev>,
        data: Option<&Path>,
    ) -> Result<(), ConfigError> {
        config.admins = self.admins(apps, in_file, dev)?;
        if self.admin.is_some() && !config.admins.has_keys() {
            return Err(ConfigError::NoAdminKey);
        }
        config.keep_records = Duration::from_secs(24 * 3600) * self.records_days;
        config.records = match self.records.as_deref() {
            None => data.map_or(RecordsKind::Off, |dir| RecordsKind::Sqlite(dir.to_owned())),
            Some("off") => RecordsKind::Off,
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                RecordsKind::Postgres(url.to_owned())
            }
            Some(_) => return Err(ConfigError::BadRecords),
        };
        let of_all = webhook(self.webhook.as_deref(), self.webhook_secret.as_deref())?;
        for app in apps {
            let own = in_file.iter().find(|of_file| of_file.id() == app.id);
            let own = own.map(|own| webhook(own.webhook.as_deref(), own.webhook_secret.as_deref())).transpose()?;
            if let Some(target) = own.flatten().or_else(|| of_all.clone()) {
                config.webhooks.insert(app.id, target);
            }
        }
        if !config.webhooks.is_empty() && config.records == RecordsKind::Off {
            return Err(ConfigError::WebhookWithoutRecords);
        }
        Ok(())
    }

    fn admins(&self, apps: &[AppKeys], in_file: &[FileApp], dev: Option<&Dev>) -> Result<Admins, ConfigError> {
        let mut admins = Admins::default();
        for text in &self.admin_keys {
            let (app, key) = Admins::split(text, apps, "--admin-key", "KEY")?;
            admins.add_key(app, key)?;
        }
        for text in &self.administrators {
            let (app, user) = Admins::split(text, apps, "--administrator", "USER")?;
            add_administrator(&mut admins, app, user)?;
        }
        for app in in_file {
            if let Some(key) = &app.admin_key {
                admins.add_key(app.id(), key)?;
            }
            for user in &app.administrators {
                add_administrator(&mut admins, app.id(), user)?;
            }
        }
        if let Some(Dev { keys, admin_key: Some(key) }) = dev {
            admins.add_key(keys.id, key)?;
        }
        Ok(admins)
    }
}

fn add_administrator(admins: &mut Admins, app: AppId, user: &str) -> Result<(), ConfigError> {
    let user = user.try_into().map_err(|_| ConfigError::BadAdmin { flag: "--administrator", what: "USER" })?;
    admins.add_administrator(app, user);
    Ok(())
}

fn webhook(url: Option<&str>, secret: Option<&str>) -> Result<Option<WebhookTarget>, ConfigError> {
    let (url, secret) = match (url, secret) {
        (None, None) => return Ok(None),
        (Some(url), Some(secret)) => (url, secret),
        _ => return Err(ConfigError::BadWebhookSecret),
    };
    let secret = secret.parse().map_err(|_| ConfigError::BadWebhookSecret)?;
    let parsed: Option<Uri> = url.parse().ok();
    let parsed = parsed.filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some());
    Ok(Some(WebhookTarget { url: parsed.ok_or_else(|| ConfigError::BadWebhook(url.to_owned()))?, secret }))
}

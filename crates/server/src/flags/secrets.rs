//! The flags and files that hold secrets.

use super::Flags;
use crate::{
    auth::{self, Admins, AppKeys, Apps, FileApp},
    config::ConfigError,
    dev::{self, Dev},
    records::RecordsKind,
    secrets::Secrets,
    tls::Tls,
    turn::Ice,
    webhooks::{WebhookSecret, WebhookTarget},
};
use call_core::AppId;
use hyper::Uri;
use std::{collections::HashMap, fs};

impl Flags {
    /// Reads the files that the flags name, and makes those that `--dev` and `--dev-tls` need. To be asked again when the
    /// files have changed.
    pub fn read_secrets(&self) -> Result<Secrets, ConfigError> {
        let mut apps = self.apps.iter().map(|text| text.parse()).collect::<Result<Vec<AppKeys>, _>>()?;
        let in_file = self.apps_file.as_deref().map(auth::read_apps_file).transpose()?.unwrap_or_default();
        for app in &in_file {
            apps.push(app.keys()?);
        }
        let dev = self.read_dev_app()?;
        apps.extend(dev.as_ref().map(|dev| dev.keys.clone()));
        Ok(Secrets {
            admins: self.read_admins(&apps, &in_file, dev.as_ref())?,
            webhooks: self.read_webhooks(&apps, &in_file)?,
            apps: Apps::new(apps)?,
            ice: self.read_ice()?,
            tls: self.read_tls()?,
        })
    }

    pub(super) fn read_dev_app(&self) -> Result<Option<Dev>, ConfigError> {
        self.dev.then(|| dev::app_kept_in(self.data_folder(), self.back_end.admin.is_some())).transpose()
    }

    fn read_ice(&self) -> Result<Ice, ConfigError> {
        let in_file = self.turn_secret_file.as_deref().map(|path| {
            let text = fs::read_to_string(path).map_err(|error| ConfigError::file(path, error))?;
            let first = text.lines().map(str::trim).find(|line| !line.is_empty());
            first.map(str::to_owned).ok_or_else(|| ConfigError::file(path, "there is no secret in it"))
        });
        let secret = in_file.transpose()?.or_else(|| self.turn_secret.clone());
        Ice::new(self.stun_url.clone(), self.turn_url.clone(), secret, self.turn_life)
    }

    fn read_tls(&self) -> Result<Option<Tls>, ConfigError> {
        match (self.dev_tls, &self.tls_cert, &self.tls_key) {
            (true, ..) => Tls::self_made(self.data_folder()).map(Some),
            (false, Some(certificate), Some(key)) => Tls::from_files(certificate, key).map(Some),
            _ => Ok(None),
        }
    }

    fn read_admins(&self, apps: &[AppKeys], in_file: &[FileApp], dev: Option<&Dev>) -> Result<Admins, ConfigError> {
        let mut admins = Admins::default();
        for text in &self.back_end.admin_keys {
            let (app, key) = Admins::split(text, apps, "--admin-key", "KEY")?;
            admins.add_key(app, key)?;
        }
        for text in &self.back_end.administrators {
            let (app, user) = Admins::split(text, apps, "--administrator", "USER")?;
            add_administrator(&mut admins, app, user)?;
        }
        for app in in_file {
            for key in app.admin_keys() {
                admins.add_key(app.id(), key)?;
            }
            for user in &app.administrators {
                add_administrator(&mut admins, app.id(), user)?;
            }
        }
        if let Some(Dev { keys, admin_key: Some(key) }) = dev {
            admins.add_key(keys.id, key)?;
        }
        if self.back_end.admin.is_some() && !admins.has_keys() {
            return Err(ConfigError::NoAdminKey);
        }
        Ok(admins)
    }

    fn read_webhooks(
        &self,
        apps: &[AppKeys],
        in_file: &[FileApp],
    ) -> Result<HashMap<AppId, WebhookTarget>, ConfigError> {
        let of_all = webhook(self.back_end.webhook.as_deref(), self.back_end.webhook_secret.as_slice())?;
        let mut webhooks = HashMap::new();
        for app in apps {
            let own = in_file.iter().find(|of_file| of_file.id() == app.id);
            let own = own.map(|own| webhook(own.webhook.as_deref(), own.webhook_secrets())).transpose()?;
            if let Some(target) = own.flatten().or_else(|| of_all.clone()) {
                webhooks.insert(app.id, target);
            }
        }
        if !webhooks.is_empty() && self.records()? == RecordsKind::Off {
            return Err(ConfigError::WebhookWithoutRecords);
        }
        Ok(webhooks)
    }
}

fn add_administrator(admins: &mut Admins, app: AppId, user: &str) -> Result<(), ConfigError> {
    let user = user.try_into().map_err(|_| ConfigError::BadAdmin { flag: "--administrator", what: "USER" })?;
    admins.add_administrator(app, user);
    Ok(())
}

fn webhook(url: Option<&str>, secrets: &[String]) -> Result<Option<WebhookTarget>, ConfigError> {
    let url = match (url, secrets) {
        (None, []) => return Ok(None),
        (Some(url), [_, ..]) => url,
        _ => return Err(ConfigError::BadWebhookSecret),
    };
    let parsed: Option<Uri> = url.parse().ok();
    let parsed = parsed.filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some());
    let url = parsed.ok_or_else(|| ConfigError::BadWebhook(url.to_owned()))?;
    let secrets: Result<Vec<WebhookSecret>, _> = secrets.iter().map(|secret| secret.parse()).collect();
    Ok(Some(WebhookTarget { url, secrets: secrets.map_err(|_| ConfigError::BadWebhookSecret)? }))
}

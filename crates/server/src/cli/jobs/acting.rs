//! Cancel and retry, by a person who is named.

use super::{note, print};
use crate::cli::{
    exit::{self, Ended, Exit},
    say,
};
use contract::{access::Permission, auth::StaffRole, jobs::JobDetail};
use read_model::ReadModel;
use store::{Actor, Command, Store};
use uuid::Uuid;

#[derive(Debug, clap::Args)]
pub(super) struct Act {
    /// The whole id
    id: Uuid,
    /// Only when the job is still at this version, which `show` prints; without it, the version of this moment
    #[arg(long)]
    version: Option<u32>,
    #[command(flatten)]
    by: By,
}

/// Who acts, and why: what the audit trail says of it.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct By {
    /// Act as this member of the staff: active, and of a role that may
    #[arg(long = "as", value_name = "EMAIL", conflicts_with = "operator")]
    staff: Option<String>,
    /// Act as an operator who is no member of the staff; the trail says `operator: NAME`
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// Why, in 3 to 500 characters; stands in the audit trail
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: Option<String>,
}

impl By {
    /// The command without key and version, as the audit trail will tell it. A member of the staff needs this role at least.
    pub(in crate::cli) async fn command(&self, store: &Store, least: StaffRole) -> anyhow::Result<Command> {
        let usage = |lacking: &str| Ended::with(Exit::Usage, format!("The audit trail needs to know {lacking}."));
        let reason = self.reason.clone().ok_or_else(|| usage("why: say --reason TEXT"))?;
        let actor = match (&self.staff, &self.operator) {
            (Some(email), _) => member(store, email, least).await?,
            (None, Some(name)) => operator(name)?,
            (None, None) => return Err(usage("who acts: say --as EMAIL of a member of the staff, or --operator NAME")),
        };
        let request_id = format!("cli-{}", store::new_id().simple());
        let host: String = crate::worker::hostname().chars().take(40).collect();
        tracing::info!(request_id, actor = actor.label(), "Acting from the command line");
        Ok(Command {
            reason: Some(reason),
            request_id: Some(request_id),
            address: Some(format!("command line, {host}")),
            ..Command::by(actor)
        })
    }
}

async fn member(store: &Store, email: &str, least: StaffRole) -> anyhow::Result<Actor> {
    let refuse = |why: String| Err(Ended::with(Exit::Refused, why));
    let found = store.staff_credentials(email).await.map_err(exit::refused)?;
    let Some((member, _)) = found else {
        return refuse(format!(
            "Nobody of the staff who may sign in has the e-mail {email}. `repruv-server staff list` shows everybody."
        ));
    };
    if member.disabled_at.is_some() {
        return refuse(format!("{} is disabled and may not act.", member.email));
    }
    let role: StaffRole = member.role.parse().map_err(anyhow::Error::msg)?;
    if role < least {
        let (has, needs) = (role.as_str(), least.as_str());
        return refuse(format!("This needs the role {needs}; {} has {has}. Ask an admin.", member.email));
    }
    Ok(Actor::Staff { id: member.id, email: member.email })
}

fn operator(name: &str) -> anyhow::Result<Actor> {
    let name = name.trim();
    let fits = (2..=100).contains(&name.chars().count()) && !name.contains(char::is_control);
    if !fits {
        return Err(Ended::with(Exit::Usage, "An operator's name has 2 to 100 characters."));
    }
    Ok(Actor::Operator { name: name.to_owned() })
}

fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    let fits = (3..=500).contains(&text.chars().count()) && !text.contains('\0');
    if fits { Ok(text.to_owned()) } else { Err("say why, in 3 to 500 characters".into()) }
}

pub(super) async fn cancel(store: &Store, read: &ReadModel, act: Act, json: bool) -> anyhow::Result<()> {
    let command = command(store, read, &act, Permission::JobCancel).await?;
    store.cancel_job(act.id, &command).await.map_err(exit::refused)?;
    tell(read, act.id, json).await
}

pub(super) async fn retry(store: &Store, read: &ReadModel, act: Act, json: bool) -> anyhow::Result<()> {
    let command = command(store, read, &act, Permission::JobRetry).await?;
    store.retry_job(act.id, &command).await.map_err(exit::refused)?;
    tell(read, act.id, json).await
}

/// Bound to a version as every write of staff: what is decided here is decided on what was seen.
async fn command(store: &Store, read: &ReadModel, act: &Act, needs: Permission) -> anyhow::Result<Command> {
    let command = act.by.command(store, needs.least_role()).await?;
    let version = match act.version {
        Some(version) => version,
        None => read.job(act.id).await.map_err(exit::unread)?.job.version,
    };
    Ok(Command { version: Some(version), ..command })
}

/// The job after the change. The change holds, whether or not it can be shown.
async fn tell(read: &ReadModel, id: Uuid, json: bool) -> anyhow::Result<()> {
    let job: JobDetail = match read.job(id).await {
        Ok(job) => job,
        Err(error) => {
            note(&format!("Done, but the job cannot be shown: {error}"));
            return Ok(());
        }
    };
    if json { say(&serde_json::to_string(&job)?) } else { say(&print::row(&job.job)) }
}

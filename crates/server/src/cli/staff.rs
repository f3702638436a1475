//! `repruv-server staff`: the people who operate. As the owner of the database or the API's login.

use super::{database::Database, password_from_stdin, say};
use crate::auth::passwords;
use contract::auth::StaffRole;
use store::{NewStaff, PoolSettings, StaffMember};

#[derive(Debug, clap::Args)]
pub(super) struct Staff {
    #[command(flatten)]
    database: Database,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Adds a person, or gives the one with this e-mail a new name, role and password
    Add {
        /// E-mail; case does not matter
        #[arg(long)]
        email: String,
        /// Name
        #[arg(long)]
        name: String,
        /// viewer, support or admin: each may do all that the one before it may
        #[arg(long)]
        role: StaffRole,
        /// Read the password from stdin
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Shows everybody
    List,
    /// Ends a person's access at once: sign-in, sessions and database logins
    Disable {
        /// E-mail; case does not matter
        #[arg(long)]
        email: String,
    },
}

pub(super) async fn run(command: Staff) -> anyhow::Result<()> {
    let settings = PoolSettings { max: 1, notify: false, ..PoolSettings::default() };
    let store = command.database.open(settings).await?;
    match command.action {
        Action::Add { email, name, role, password_stdin: _ } => {
            let fits = |text: &str| (1..=255).contains(&text.chars().count()) && !text.contains(char::is_control);
            anyhow::ensure!(fits(&email) && email.contains('@'), "`{email}` is not an e-mail");
            anyhow::ensure!(fits(&name), "a name has 1 to 255 characters");
            let password_hash = passwords::hash(&password_from_stdin()?).map_err(anyhow::Error::msg)?;
            let new = NewStaff { email, name, role: role.as_str().into(), password_hash };
            let member = store.add_staff(store::new_id(), new).await?;
            say(&line(&member))
        }
        Action::List => {
            for member in store.list_staff().await? {
                say(&line(&member))?;
            }
            Ok(())
        }
        Action::Disable { email } => say(&line(&store.disable_staff(&email).await?)),
    }
}

fn line(member: &StaffMember) -> String {
    let state = if member.disabled_at.is_some() { "disabled" } else { "active" };
    format!("{}  {:<8} {:<8} {} <{}>", member.id, member.role, state, member.name, member.email)
}

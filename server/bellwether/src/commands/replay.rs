//! `bellwether replay`: rebuilds from the Lake what follows from events, and finds out whether it stands in the Store.

use crate::{
    cli::ReplayOptions,
    config::Config,
    context::Context,
    progress::{Stages, thousands},
    rebuild,
};
use anyhow::{Result, bail};

/// Compares, and with `--mend` mends.
pub async fn replay(config: Config, options: ReplayOptions) -> Result<()> {
    let context = Context::open_existing(config).await?;
    let mut stages = Stages::new(1);
    let stage = stages.start("Replay");
    let found = rebuild::run(&context, options.mend, |events| stage.count(events, "events")).await?;
    let read = format!("{} events, {} profiles", thousands(found.events), thousands(found.profiles));
    stage.done(read);
    if found.is_equal() {
        println!("the Store is what the events say");
        return Ok(());
    }
    for id in found.differing.iter().take(10) {
        println!("differs: profile {id}");
    }
    for id in found.astray.iter().take(10) {
        println!("leads elsewhere: subject {id}");
    }
    for code in found.branches.iter().take(10) {
        println!("differs: store {}", code.as_str());
    }
    if found.without_events > 0 {
        println!("{} profiles have no event in the Lake", found.without_events);
    }
    let wrong = found.wrong();
    match options.mend {
        true if found.without_events > 0 => {
            bail!("{wrong} mended; the profiles without events stay: nothing says what they should be")
        }
        true => println!("{wrong} mended"),
        false => bail!("{wrong} are not what the events say; `bellwether replay --mend` puts them right"),
    }
    Ok(())
}

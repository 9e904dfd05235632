//! `bellwether serve`: the console and the API.

use super::timezone;
use crate::{
    config::Config, context::Context, engage::content_settings, import, processor::Processor, query::Schedule,
    uploads::Uploading,
};
use anyhow::{Context as _, Result, bail};
use bellwether_api::{Administrator, ApiSettings, ApiState, MessageSettings};
use bellwether_engage::{TrackingKey, UnsubscribeKey};
use bellwether_inbox::{Appender, AppenderLimits};
use bellwether_intake::{Collector, hosts::is_loopback_url};
#[cfg(debug_assertions)]
use bellwether_pipeline::faults::{self, Fault};
use std::sync::Arc;
use tokio::net::TcpListener;

/// Serves the data folder until it is told to stop. A new folder is as good as any: events may be what comes first.
pub async fn serve(config: Config) -> Result<()> {
    let context = Context::open(config).await?;
    run(context).await
}

/// Serves an open data folder.
pub(super) async fn run(context: Context) -> Result<()> {
    let listen = context.config.server.listen;
    let password = context.config.server.admin_password.reveal();
    if password.is_none() && !listen.ip().is_loopback() {
        bail!(
            "without server.admin_password the server listens on loopback only, and {listen} is not loopback; set a password (BELLWETHER_SERVER_ADMIN_PASSWORD), or listen on 127.0.0.1"
        );
    }
    let public_url = &context.config.server.public_url;
    if password.is_none() && !public_url.is_empty() && !is_loopback_url(public_url) {
        bail!(
            "server.public_url = {public_url} says that people reach this server from elsewhere, and without server.admin_password everybody could read every customer; set a password (BELLWETHER_SERVER_ADMIN_PASSWORD), or leave public_url at loopback"
        );
    }
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}; choose another address with --set server.listen=127.0.0.1:PORT")
    })?;
    let settings = ApiSettings {
        shop_name: context.config.shop.name.clone(),
        currency: context.config.shop.currency.clone(),
        time_zone: timezone(&context.config)?,
        public_url: Some(context.config.server.public_url.clone()).filter(|url| !url.is_empty()),
        administrator: password
            .map(|password| {
                Ok::<_, anyhow::Error>(Administrator { password: password.to_owned(), session_key: context.secret()? })
            })
            .transpose()?,
    };
    let address = listener.local_addr()?;
    let messages = MessageSettings {
        content: content_settings(&context, timezone(&context.config)?)?,
        unsubscribe_key: UnsubscribeKey::from_secret(&context.secret()?),
        tracking_key: TrackingKey::from_secret(&context.secret()?),
    };
    import::adopt_currency(&context).await?;
    let queries = Schedule::read(&context).await?;
    let uploading = Uploading::open(&context).await?;
    let context = Arc::new(context);
    let appender = context.inbox.appender(Arc::clone(&context.clock), AppenderLimits::default())?;
    let (store, lake) = (Arc::new(context.store.clone()), Arc::clone(&context.lake));
    let state = ApiState::new(store, lake, Arc::clone(&context.clock), settings)
        .with_messages(messages)
        .with_collector(collector(&appender, &context))
        .with_imports(uploading.imports(&context));
    let stop = stop_signal()?;
    let processor = Processor::start(Arc::clone(&context), &state)?;
    let schedule = Schedule::start(&context, queries);
    let imports = uploading.start(&context, &state, &processor).await?;
    println!("Bellwether is at http://{address}  (Ctrl+C stops it)");
    open_browser(&format!("http://{address}"));
    let watched = state.clone();
    let stop = async move {
        stop.await;
        watched.live().close();
    };
    let served = bellwether_intake::serve(listener, state.intake().clone(), bellwether_api::router(state), stop).await;
    // In this order: nothing arrives any more, nothing waits for the disk, nothing waits in the inbox.
    schedule.stop().await;
    imports.stop().await;
    tokio::task::spawn_blocking(move || appender.close()).await?;
    processor.stop().await;
    Ok(served?)
}

fn collector(appender: &Appender, context: &Context) -> Collector {
    let collector = Collector::new(appender.clone(), Arc::clone(&context.inbox));
    #[cfg(debug_assertions)]
    if faults::is_on(Fault::AcknowledgeEarly) {
        return collector.carelessly();
    }
    collector
}

/// Ends with Ctrl+C or, where there is such a thing, with SIGTERM. Listens from the call on, not from the first poll.
fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static> {
    #[cfg(unix)]
    let (mut interrupted, mut terminated) = {
        use tokio::signal::unix::{SignalKind, signal};
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    Ok(async move {
        #[cfg(unix)]
        tokio::select! { _ = interrupted.recv() => {}, _ = terminated.recv() => {} }
        #[cfg(not(unix))]
        drop(tokio::signal::ctrl_c().await);
    })
}

/// Shows the console where there is a desktop; where there is none, the printed address has to do.
fn open_browser(address: &str) {
    use std::{io::IsTerminal, process::Stdio};
    let desktop = std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some();
    if desktop && std::io::stdout().is_terminal() {
        let opener =
            std::process::Command::new("xdg-open").arg(address).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        if let Err(error) = opener {
            tracing::debug!(%error, "no browser was opened");
        }
    }
}

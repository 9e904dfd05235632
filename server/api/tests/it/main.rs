//! The API from outside: requests in, JSON out, over a real Store and Lake.

mod app;
mod campaigns;
mod customers;
mod documents;
mod empty;
mod feedback;
mod openapi;
mod overview;
mod quarantine;
mod security;
mod shop;
mod sources;
mod unsubscribe;

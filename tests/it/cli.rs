//! The program itself, run as a person runs it.

#![allow(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

mod access;
mod call;
mod check;
mod deployed;
mod doctor;
mod endpoint;
mod exec;
mod inherited;
mod init;
mod json;
mod list;
mod logs;
#[cfg(feature = "ngrok")]
mod ngrok_sdk;
#[cfg(feature = "ngrok")]
mod ngrok_service;
mod replay;
pub(crate) mod run;
mod run_file;
mod screens;
mod secrets;
mod send;
mod sign;
mod start;
mod stop;
mod tunnel;

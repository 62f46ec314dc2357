//! Adobe IMS configurations, their customizers, and the properties that name them.

use super::{Signal, SignalKind};

/// Adobe IMS configurations.
pub(crate) const TOKEN_PROVIDER: &str = "com.adobe.granite.auth.oauth.accesstoken.provider";
/// The customizers that hold the client secrets of IMS configurations.
pub(crate) const TOKEN_CUSTOMIZER: &str = "com.adobe.granite.auth.ims.impl.IMSAccessTokenRequestCustomizerImpl";
/// Adobe Stock, which names an IMS configuration.
pub(crate) const STOCK: &str = "com.day.cq.dam.stock.integration.impl.configuration.StockConfigurationImpl";

/// Names of properties that hold the name of an IMS configuration.
pub(crate) const REFERENCES: [&str; 4] = ["imsConfig", "imsConfigId", "imsConfiguration", "imsConfigurationId"];

/// Below it are the hosts of Adobe IMS.
pub(crate) const IMS_DOMAIN: &str = "adobelogin.com";

/// The paths that exchange a JWT for a token, without the `/` at either end.
pub(crate) const JWT_EXCHANGE: [&str; 2] = ["ims/exchange/jwt", "ims/exchange/v1/jwt"];

const fn reference(name: &'static str) -> Signal {
    Signal::new(SignalKind::Property, name).by("imsConfig")
}

pub(super) const SIGNALS: &[Signal] = &[
    Signal::new(SignalKind::Pid, TOKEN_PROVIDER),
    Signal::new(SignalKind::Pid, TOKEN_CUSTOMIZER),
    Signal::new(SignalKind::Pid, STOCK),
    reference(REFERENCES[0]),
    reference(REFERENCES[1]),
    reference(REFERENCES[2]),
    reference(REFERENCES[3]),
    Signal::new(SignalKind::Domain, IMS_DOMAIN).as_needle().marked(b"dob"),
    Signal::new(SignalKind::UrlPath, JWT_EXCHANGE[0]).by("exchange"),
    Signal::new(SignalKind::UrlPath, JWT_EXCHANGE[1]).by("exchange"),
    // The path stands alone where the code knows the host.
    Signal::new(SignalKind::ConfigurationValue, "ims/exchange/").marked(b"xch"),
];

//! Integrations with services of Adobe that have ended.

use super::{Signal, SignalKind};

/// Below it are the hosts of Adobe Analytics and of the classic Adobe Target.
pub(crate) const DOMAIN: &str = "omniture.com";
/// The beginning of the paths of the Analytics API 1.4.
pub(crate) const ANALYTICS_API_PATH: &str = "/admin/1.4/rest";
/// Below it are the hosts of the classic Adobe Target.
pub(crate) const TARGET_DOMAIN: &str = "testandtarget.omniture.com";
/// The end of the resource type of an Analytics cloud service.
pub(crate) const ANALYTICS_TYPE: &str = "cq/analytics/components/sitecatalystpage";
/// The end of the resource type of a Target cloud service.
pub(crate) const TARGET_TYPE: &str = "cq/analytics/components/testandtargetpage";
/// The end of the resource type of a cloud service of Dynamic Tag Management.
pub(crate) const TAG_MANAGEMENT_TYPE: &str = "cq/dtm/components/dynamictagmanagementpage";
/// The end of the resource type of a Search&Promote cloud service.
pub(crate) const SEARCH_TYPE: &str = "cq/searchpromote/components/searchpromotepage";

pub(super) const SIGNALS: &[Signal] = &[
    Signal::new(SignalKind::Value, DOMAIN).as_needle().marked(b"mni"),
    Signal::new(SignalKind::ConfigurationValue, ANALYTICS_API_PATH).marked(b"n/1"),
    Signal::new(SignalKind::ResourceType, ANALYTICS_TYPE).by("sitecatalystpage").marked(b"yst"),
    Signal::new(SignalKind::ResourceType, TARGET_TYPE).by("testandtargetpage").marked(b"ndt"),
    Signal::new(SignalKind::ResourceType, TAG_MANAGEMENT_TYPE).by("dynamictagmanagementpage").marked(b"cta"),
    Signal::new(SignalKind::ResourceType, SEARCH_TYPE).by("searchpromotepage").marked(b"hpr"),
];

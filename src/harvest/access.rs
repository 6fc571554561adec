//! How sources reach their services: addresses, keys and rates, from the user's settings.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::HarvestError;
use crate::net::{Address, NetError, Network, NetworkSettings, Request, Secret};

/// A service, as it is unless the settings say otherwise.
struct Known {
    name: &'static str,
    address: &'static str,
    /// Requests a second that the service allows, or that are polite where it does not say.
    per_second: f64,
    /// The same for those who bring a key.
    per_second_with_key: f64,
}

/// Every service that a source reads. Rates as published, else as other clients report them; see each source.
const SERVICES: [Known; 9] = [
    known("ncbi", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/", 3.0, 10.0),
    known("pubmed-files", "https://ftp.ncbi.nlm.nih.gov/pubmed/", 3.0, 3.0),
    known("europe-pmc", "https://www.ebi.ac.uk/europepmc/webservices/rest/", 8.0, 8.0),
    known("clinical-trials", "https://clinicaltrials.gov/api/v2/", 0.8, 0.8),
    known("pmc-files", "https://pmc-oa-opendata.s3.amazonaws.com/", 10.0, 10.0),
    known("pmc-oai", "https://pmc.ncbi.nlm.nih.gov/api/oai/v1/mh/", 3.0, 3.0),
    known("preprints", "https://api.biorxiv.org/", 2.0, 2.0),
    known("retraction-watch", "https://gitlab.com/crossref/retraction-watch-data/-/raw/main/", 1.0, 1.0),
    known("mesh", "https://nlmpubs.nlm.nih.gov/projects/mesh/MESH_FILES/xmlmesh/", 1.0, 1.0),
];

const fn known(name: &'static str, address: &'static str, per_second: f64, per_second_with_key: f64) -> Known {
    Known { name, address, per_second, per_second_with_key }
}

/// What the settings say of a service. What they leave out is as published.
#[derive(Debug, Clone, Default, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceSettings {
    /// Its address: a mirror, say.
    pub address: Option<String>,
    /// The user's key.
    pub key: Option<Secret>,
    /// Requests a second.
    pub per_second: Option<f64>,
}

/// The way to the services. Clones share connections and rates.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// How the network is used.
    pub network: NetworkSettings,
    /// What the settings say, by the name of the service.
    pub services: BTreeMap<String, ServiceSettings>,
    opened: Arc<Mutex<Option<Network>>>,
}

/// A service, ready to be asked.
#[derive(Debug, Clone)]
pub struct Service {
    network: Network,
    base: Address,
    key: Option<Secret>,
    per_second: f64,
}

impl Access {
    /// With these settings. Says in words which service is not known.
    pub fn new(network: NetworkSettings, services: BTreeMap<String, ServiceSettings>) -> Result<Self, String> {
        for (name, settings) in &services {
            if !SERVICES.iter().any(|known| known.name == name) {
                let names: Vec<&str> = SERVICES.iter().map(|known| known.name).collect();
                return Err(format!("unknown service “{name}”; there are: {}", names.join(", ")));
            }
            if settings.per_second.is_some_and(|rate| !rate.is_finite() || rate <= 0.0) {
                return Err(format!("the service {name}: per_second must be above 0"));
            }
        }
        Ok(Self { network, services, opened: Arc::default() })
    }

    /// The service of this name. The network is set up when the first is asked for.
    pub fn service(&self, name: &str) -> Result<Service, HarvestError> {
        let known = SERVICES
            .iter()
            .find(|known| known.name == name)
            .ok_or_else(|| HarvestError::Remote(format!("there is no service {name}")))?;
        let settings = self.services.get(name).cloned().unwrap_or_default();
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let network = match &*opened {
            Some(network) => network.clone(),
            None => opened.insert(Network::new(self.network.clone())?).clone(),
        };
        let base = settings.address.as_deref().unwrap_or(known.address).parse()?;
        let usual = if settings.key.is_some() { known.per_second_with_key } else { known.per_second };
        Ok(Service { network, base, per_second: settings.per_second.unwrap_or(usual), key: settings.key })
    }
}

impl Service {
    /// The network it is reached by.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The user's key.
    pub fn key(&self) -> Option<&Secret> {
        self.key.as_ref()
    }

    /// The address of something that it has.
    pub fn address(&self, path: &str) -> Result<Address, NetError> {
        self.base.join(path)
    }

    /// A question at the service's rate.
    pub fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Request, NetError> {
        Ok(Request::get(&self.base.join(path)?, query).pace(self.per_second))
    }

    /// A question to another address, at the service's rate.
    pub fn at(&self, address: &Address) -> Request {
        Request::get(address, &[]).pace(self.per_second)
    }

    /// A form at the service's rate.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Request, NetError> {
        Ok(Request::post_form(&self.base.join(path)?, fields).pace(self.per_second))
    }
}

impl From<NetError> for HarvestError {
    fn from(error: NetError) -> Self {
        Self::Remote(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_an_address_that_may_be_used_and_a_rate() {
        for known in &SERVICES {
            assert!(known.address.parse::<Address>().is_ok() && known.address.ends_with('/'), "{}", known.name);
            assert!(known.per_second > 0.0 && known.per_second_with_key >= known.per_second, "{}", known.name);
        }
    }

    #[test]
    fn unknown_services_and_impossible_rates_are_refused() {
        let with = |name: &str, rate| {
            let settings = ServiceSettings { per_second: Some(rate), ..ServiceSettings::default() };
            Access::new(NetworkSettings::default(), [(name.to_owned(), settings)].into()).map(|_| ())
        };
        assert!(with("ncbi", 5.0).is_ok());
        assert!(with("ncbi", 0.0).is_err());
        assert!(with("nbci", 5.0).unwrap_err().contains("ncbi"));
    }
}

//! Finds the challenge that a request answers, and the answer to the request.

use std::collections::HashMap;

use super::trace::Challenge;

/// The sequence number and the method of a request, from its `CSeq` header.
pub type CSeq = (u32, String);

/// What the messages of an exchange have in common; `None` if it is not in the trace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ids {
    pub call_id: Option<String>,
    pub cseq: Option<CSeq>,
}

impl Ids {
    /// Returns the method, as [`hashed`]; empty if it is not known.
    pub fn method(&self) -> &str {
        self.cseq.as_ref().map_or("", |(_, method)| hashed(method))
    }
}

/// Returns the method that the credentials of a request were computed with. An ACK and a CANCEL repeat
/// those of their INVITE (RFC 3261 sections 22.1 and 9.1).
pub fn hashed(method: &str) -> &str {
    if matches!(method, "ACK" | "CANCEL") { "INVITE" } else { method }
}

/// The challenges so far, and the requests without an answer.
#[derive(Default)]
pub struct Exchanges {
    /// The challenges by whether a proxy made them, and by nonce.
    by_nonce: HashMap<(bool, String), Challenge>,
    /// The latest challenges, likewise and by Call-ID, and the methods that were challenged.
    latest: HashMap<(bool, Option<String>), (String, Challenge)>,
    /// The indices of the requests without an answer.
    unanswered: HashMap<Ids, Vec<usize>>,
    /// The Call-IDs of the latest requests.
    call_ids: HashMap<CSeq, Option<String>>,
}

impl Exchanges {
    pub fn add_challenge(&mut self, is_proxys: bool, ids: &Ids, challenge: Challenge) {
        let latest = (ids.method().to_owned(), challenge.clone());
        self.latest.insert((is_proxys, ids.call_id.clone()), latest);
        self.by_nonce.insert((is_proxys, challenge.nonce.clone()), challenge);
    }

    /// Returns the challenge with this nonce or, if there is none, the latest one for the method with
    /// the Call-ID or with none.
    pub fn challenge(
        &self,
        is_proxys: bool,
        ids: &Ids,
        method: &str,
        nonce: Option<String>,
    ) -> Option<Challenge> {
        let by_nonce = nonce.and_then(|nonce| self.by_nonce.get(&(is_proxys, nonce)));
        let latest = |call_id| self.latest.get(&(is_proxys, call_id));
        let nearest = || {
            let (challenged, challenge) = latest(ids.call_id.clone()).or_else(|| latest(None))?;
            let is_same = challenged == method || challenged.is_empty() || method.is_empty();
            is_same.then_some(challenge)
        };
        by_nonce.or_else(nearest).cloned()
    }

    /// Adds the request with this index.
    pub fn add_request(&mut self, ids: &Ids, index: usize) {
        if let Some(cseq) = &ids.cseq {
            self.call_ids.insert(cseq.clone(), ids.call_id.clone());
            self.unanswered.entry(ids.clone()).or_default().push(index);
        }
    }

    /// Returns the indices of the requests that a final response answers: those with its Call-ID and
    /// CSeq or, if one of the two has no Call-ID, the latest with the CSeq.
    pub fn answered(&mut self, Ids { call_id, cseq }: Ids) -> Vec<usize> {
        let Some(cseq) = cseq else { return vec![] };
        let call_id = call_id.or_else(|| self.call_ids.get(&cseq).cloned().flatten());
        let mut take = |call_id| self.unanswered.remove(&Ids { call_id, cseq: Some(cseq.clone()) });
        take(call_id).or_else(|| take(None)).unwrap_or_default()
    }
}

use super::Machine;
use super::block::Budget;
use super::failure::Fault;
use super::step::RunId;
use crate::base::Decimal;
use crate::engine::effect::EventKind;
use crate::plan::FaultKind;

impl Machine {
    /// The limit of the innermost budget around a step that has nothing left.
    pub(super) fn spent_budget(&self, id: RunId) -> Option<Decimal> {
        let mut run = self.runs.get(id);
        while let Some(found) = run {
            let activation = self.activation(found.activation);
            let budgets = [found.budget, activation.and_then(|activation| activation.budget)];
            if let Some(spent) = budgets.into_iter().flatten().find(Budget::is_spent) {
                return Some(spent.limit);
            }
            run =
                activation.and_then(|activation| activation.caller).and_then(|caller| self.runs.get(caller));
        }
        None
    }

    /// Settles what a call cost with every budget around its step.
    pub(super) fn spend(&mut self, id: RunId, usd: Decimal) {
        if usd == Decimal::ZERO {
            return;
        }
        let mut next = Some(id);
        let mut within = false;
        while let Some(id) = next {
            let Some(run) = self.runs.get_mut(id) else { break };
            within |= pay(run.budget.as_mut(), usd);
            let activation = run.activation;
            let Some(activation) = self.activation_mut(activation) else { break };
            within |= pay(activation.budget.as_mut(), usd);
            next = activation.caller;
        }
        if within {
            self.say(id, EventKind::BudgetSettled { usd });
        }
    }

    pub(super) fn over_budget(&mut self, id: RunId, limit: Decimal) {
        let name = self.runs.get(id).map(super::step::Run::name).unwrap_or_default();
        self.say(id, EventKind::BudgetExceeded { limit_usd: limit });
        let message = format!("the budget of ${limit} is spent, so `{name}` does not ask");
        self.finish_run(id, Err(Fault::new(FaultKind::OverBudget, message)));
    }
}

fn pay(budget: Option<&mut Budget>, usd: Decimal) -> bool {
    match budget {
        Some(budget) => {
            budget.spent = budget.spent.add(usd).unwrap_or(budget.spent);
            true
        }
        None => false,
    }
}

import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import { AccessDecisions, type AccessDecision } from '../access-decisions';
import { missing, readQuestion, serviceOf, type EvaluationInput } from '../access-questions';
import {
  BOOLEAN,
  DOCUMENT,
  listOf,
  operation,
  STRING,
  structure,
} from '../../protocol/portcullis-schemas';
import { onServices } from '../services';

/*
 * Decisions in the middle of a request, for whoever enforces them: the Authorization API of OpenID AuthZEN.
 *
 * Source: https://openid.net/specs/authorization-api-1_0.html
 */

const SUBJECT = structure('Subject', { type: STRING, id: STRING }, { properties: DOCUMENT });
const ACTION = structure('Action', { name: STRING }, { properties: DOCUMENT });
const RESOURCE = structure('Resource', { type: STRING, id: STRING }, { properties: DOCUMENT });

const QUESTION = {
  subject: () => SUBJECT,
  action: () => ACTION,
  resource: () => RESOURCE,
};

const EVALUATION = structure('Evaluation', {}, { ...QUESTION, context: DOCUMENT });

const DECISION = structure('Decision', { decision: BOOLEAN }, { context: DOCUMENT });

const PERMISSION = 'portcullis:EvaluateAccess';

const evaluateAccess: Operation<EvaluationInput, AccessDecision> = {
  name: 'EvaluateAccess',
  schema: operation(
    'EvaluateAccess',
    structure('EvaluateAccessRequest', QUESTION, { context: DOCUMENT }),
    DECISION,
  ),
  accessLevel: 'Read',
  route: 'POST /access/v1/evaluation',
  authorization: onServices(PERMISSION, ({ action }) => [serviceOf(action?.name ?? '')]),
  errors: ['InvalidInput'],
  run: (input, call) => new AccessDecisions(call).decide(readQuestion(input)),
};

interface BatchInput extends EvaluationInput {
  readonly evaluations?: readonly EvaluationInput[] | undefined;
  readonly options?: { readonly evaluations_semantic?: string | undefined } | undefined;
}

type BatchOutput = { readonly evaluations: readonly EvaluationAnswer[] } | AccessDecision;

/** A decision, or why there is none: then nothing is allowed. */
type EvaluationAnswer =
  | AccessDecision
  | {
      readonly decision: false;
      readonly context: { readonly error: { readonly status: number; readonly message: string } };
    };

const evaluateAccessBatch: Operation<BatchInput, BatchOutput> = {
  name: 'EvaluateAccessBatch',
  schema: operation(
    'EvaluateAccessBatch',
    structure(
      'EvaluateAccessBatchRequest',
      {},
      {
        ...QUESTION,
        context: DOCUMENT,
        evaluations: listOf('Evaluations', () => EVALUATION),
        options: () => OPTIONS,
      },
    ),
    structure(
      'EvaluateAccessBatchResponse',
      {},
      {
        evaluations: listOf('Decisions', () => DECISION),
        decision: BOOLEAN,
        context: DOCUMENT,
      },
    ),
  ),
  accessLevel: 'Read',
  route: 'POST /access/v1/evaluations',
  authorization: onServices(PERMISSION, (input) =>
    questionsOf(input).map(({ action }) => serviceOf(action?.name ?? '')),
  ),
  errors: ['InvalidInput'],
  run: async (input, call) => {
    const questions = questionsOf(input);
    const [only] = questions;
    if (isSingle(input) && only !== undefined) {
      return new AccessDecisions(call).decide(readQuestion(only));
    }
    return { evaluations: await answerInOrder(questions, input, call) };
  },
};

const OPTIONS = structure('Options', {}, { evaluations_semantic: STRING });

/** Without questions of its own it is the one at the top. */
function isSingle({ evaluations }: BatchInput): boolean {
  return evaluations === undefined || evaluations.length === 0;
}

/** Each with what the top says where it says nothing itself. Errors: ValidationError where neither says it. */
function questionsOf(input: BatchInput): readonly EvaluationInput[] {
  const { subject, action, resource, context } = input;
  const defaults = { subject, action, resource, context };
  const evaluations = isSingle(input) ? [{}] : (input.evaluations ?? []);
  return evaluations.map((evaluation: EvaluationInput) => {
    const question = { ...defaults, ...evaluation };
    for (const name of ['subject', 'action', 'resource'] as const) {
      if (question[name] === undefined) throw missing(name);
    }
    return question;
  });
}

/** After which answer nothing more is asked. */
const LAST_DECISIONS: Readonly<Record<string, boolean | undefined>> = {
  execute_all: undefined,
  deny_on_first_deny: false,
  permit_on_first_permit: true,
};

async function answerInOrder(
  questions: readonly EvaluationInput[],
  { options }: BatchInput,
  call: Call,
): Promise<readonly EvaluationAnswer[]> {
  const decisions = new AccessDecisions(call);
  const last = LAST_DECISIONS[options?.evaluations_semantic ?? 'execute_all'];
  const answers: EvaluationAnswer[] = [];
  for (const question of questions) {
    const answer = await answerOne(question, decisions);
    answers.push(answer);
    if (answer.decision === last) break;
  }
  return answers;
}

/** What is wrong with one question keeps no other from its answer. An outage of ours does. */
async function answerOne(
  question: EvaluationInput,
  decisions: AccessDecisions,
): Promise<EvaluationAnswer> {
  try {
    return await decisions.decide(readQuestion(question));
  } catch (error) {
    if (!(error instanceof IamError)) throw error;
    const { message } = error;
    return { decision: false, context: { error: { status: 400, message } } };
  }
}

export const accessEvaluationOperations: readonly AnyOperation[] = [
  evaluateAccess,
  evaluateAccessBatch,
];

import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { AbsentCustomResources } from '../../lib';
import { readKeptAnswers } from '../answer-cache';
import { NotesStack } from './notes-stack';

const app = new App();
// Which Portcullis deployment guards the API: `-c prefix=Portcullis-dev`.
const prefix: unknown = app.node.tryGetContext('prefix') ?? 'Portcullis';
if (typeof prefix !== 'string') {
  throw new Error(`context prefix must be text, but was ${JSON.stringify(prefix)}`);
}
new NotesStack(app, `${prefix}-Notes`, {
  description: 'An HTTP API that Portcullis guards',
  portcullisPrefix: prefix,
  keptAnswers: readKeptAnswers(app.node),
});
AbsentCustomResources.byContext(app);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));

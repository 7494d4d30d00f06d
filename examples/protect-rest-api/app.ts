import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { readKeptAnswers } from '../answer-cache';
import { ParcelsStack } from './parcels-stack';

const app = new App();
// Which Portcullis deployment guards the API: `-c prefix=Portcullis-dev`.
const prefix: unknown = app.node.tryGetContext('prefix') ?? 'Portcullis';
if (typeof prefix !== 'string') {
  throw new Error(`context prefix must be text, but was ${JSON.stringify(prefix)}`);
}
new ParcelsStack(app, `${prefix}-Parcels`, {
  description: 'A REST API of another team, guarded by Portcullis',
  portcullisPrefix: prefix,
  keptAnswers: readKeptAnswers(app.node),
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));

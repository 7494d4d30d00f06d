import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { readProxyEvent, writeProxyResult } from '../protocol/rest-event';
import { DynamoDbStore } from '../store/dynamodb-store';
import { IssuerDocuments } from './issuer-documents';

const documents = new IssuerDocuments({
  store: new DynamoDbStore({
    identitiesTable: required('IDENTITIES_TABLE'),
    policiesTable: required('POLICIES_TABLE'),
  }),
  issuersUrl: `${required('ADMIN_ENDPOINT_URL')}/issuers`,
  now: Date.now,
});

/** What API Gateway calls for the public documents of issuers. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  return writeProxyResult(await documents.handle(readProxyEvent(event)));
}

/** A variable that the function's template sets. */
function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`the environment variable ${name} is missing`);
  }
  return value;
}

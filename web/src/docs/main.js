/** The OpenAPI document, readable. Nothing is fetched from elsewhere. */
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';
import './docs.css';

SwaggerUI({ dom_id: '#docs', url: '/api/openapi.json', deepLinking: true, validatorUrl: null, docExpansion: 'none' });

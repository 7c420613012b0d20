-- Once, through HAProxy, as the superuser: psql -h 127.0.0.1 -p 5000 -U postgres -v password=… -f database.sql
create role diplomatic_events login password :'password';
create database diplomatic_events owner diplomatic_events;
